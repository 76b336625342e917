"""What a bundle's reader needs not know is masked, and counted by its sort."""

from __future__ import annotations

from batchdoctor.core.text.masked_document import Masking


def test_secrets_values_of_environments_queries_and_users_stay_out_and_are_counted() -> None:
    masking = Masking()
    document = {
        "id": "frame-1",
        "commandLine": "run --key AccountKey=abcdefgh==",
        "environmentSettings": [{"name": "TOKEN", "value": "s3cret"}, {"name": "EMPTY"}],
        "resourceFiles": [{"httpUrl": "https://a.blob.core.windows.net/c/x?sv=1&sig=abc%3D"}],
        "userAccounts": [{"name": "anna", "password": "pw", "elevationLevel": "admin"}],
        "userIdentity": {"username": "anna"},
        "containerRegistries": [{"username": "bob", "password": "pw", "registryServer": "r"}],
        "exitCode": 1,
    }
    assert masking.document(document) == {
        "id": "frame-1",
        "commandLine": "run --key AccountKey=***",
        "environmentSettings": [{"name": "TOKEN", "value": "***"}, {"name": "EMPTY"}],
        "resourceFiles": [{"httpUrl": "https://a.blob.core.windows.net/c/x?***"}],
        "userAccounts": [{"name": "***", "password": "***", "elevationLevel": "admin"}],
        "userIdentity": {"username": "***"},
        "containerRegistries": [{"username": "***", "password": "***", "registryServer": "r"}],
        "exitCode": 1,
    }
    assert masking.counts == {
        "secrets in texts": 1,
        "values of the environment": 1,
        "queries of addresses": 1,
        "names of users": 3,
        "passwords and keys": 2,
    }

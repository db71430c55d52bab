-- A workspace as kmsh wrote it when it knew one subscription, no role assignments and RSA keys only.
PRAGMA application_id = 1802335080;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
CREATE TABLE record (
  kind TEXT NOT NULL, id TEXT NOT NULL, parent TEXT NOT NULL, body BLOB NOT NULL,
  PRIMARY KEY (kind, id)) WITHOUT ROWID;
CREATE INDEX record_parent ON record (kind, parent, id);
CREATE TABLE etcd (
  cluster TEXT NOT NULL, key BLOB NOT NULL, value BLOB NOT NULL,
  create_revision INTEGER NOT NULL, mod_revision INTEGER NOT NULL,
  version INTEGER NOT NULL);
CREATE UNIQUE INDEX etcd_key ON etcd (cluster, key);
CREATE TABLE etcd_revision (cluster TEXT PRIMARY KEY, revision INTEGER NOT NULL)
  WITHOUT ROWID;
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
INSERT INTO grdb_migrations VALUES ('1 records, etcd, settings');
INSERT INTO record VALUES ('account', 'account', '', CAST('{"signedInUser":{"applicationID":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","kind":"User","name":"learner@contoso.onmicrosoft.com","objectID":"88718afd-1b5c-4bbd-89a0-ec8a79ab7782","tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"},"subscriptionID":"9b18b72d-87c6-4229-8702-4aa03740f4bd","tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"}' AS BLOB));
INSERT INTO record VALUES ('directory_entry', '03ff251e-7640-4a8d-876d-45fa2180176d', '/subscriptions/9b18b72d-87c6-4229-8702-4aa03740f4bd/resourcegroups/myresourcegroup/providers/microsoft.managedidentity/userassignedidentities/myidentity', CAST('{"id":"03ff251e-7640-4a8d-876d-45fa2180176d","parent":"\/subscriptions\/9b18b72d-87c6-4229-8702-4aa03740f4bd\/resourcegroups\/myresourcegroup\/providers\/microsoft.managedidentity\/userassignedidentities\/myidentity","use":"principal"}' AS BLOB));
INSERT INTO record VALUES ('directory_entry', 'c7784e6e-85ca-4282-b09f-cf5f693de065', '/subscriptions/9b18b72d-87c6-4229-8702-4aa03740f4bd/resourcegroups/myresourcegroup/providers/microsoft.managedidentity/userassignedidentities/myidentity', CAST('{"id":"c7784e6e-85ca-4282-b09f-cf5f693de065","parent":"\/subscriptions\/9b18b72d-87c6-4229-8702-4aa03740f4bd\/resourcegroups\/myresourcegroup\/providers\/microsoft.managedidentity\/userassignedidentities\/myidentity","use":"client"}' AS BLOB));
INSERT INTO record VALUES ('key', 'mykeyvault/mykeyname', 'mykeyvault', CAST('{"key":"https:\/\/mykeyvault.vault.azure.net\/keys\/MyKeyName","latestVersion":"387967f5aa7914da707f00d324e5603b","versionCount":1}' AS BLOB));
INSERT INTO record VALUES ('key_version', 'mykeyvault/mykeyname/387967f5aa7914da707f00d324e5603b', 'mykeyvault/mykeyname', CAST('{"bitCount":2048,"created":789015845,"exponent":"AQAB","isEnabled":true,"kid":"https:\/\/mykeyvault.vault.azure.net\/keys\/MyKeyName\/387967f5aa7914da707f00d324e5603b","modulus":"w2Z\/xoScumEQOOiMu7pEwGN+owvGjgB4NzhzRD0qi17cmz9dx\/qPDFqB8qZMzpXPZw+H+QLN6XqskxgRLI2tHv43Ac+NyxSmRNMlE8nJsmRNWUlZCxh6\/ohbYLLJGl13rgRnbsl2OrplIJe56cX5tKeGeDXDOddcLkSUxNcFhOs\/BvRM021Eqsh7o4IXu1qhkFuUsiVvUk4pakgHerzEAftafQsZHMeFlhrj958yCcmVrmo5bIo2eelOCEDN7Uzh706sYQ7rsl397lp2ycXKH2CRmHOcQcFqScIxlFx1\/69PiDPPxzCMNb7FYSYrl2iPz6qCc9eUl+4gs2sqMlF1BQ==","number":1,"operations":["encrypt","decrypt","sign","verify","wrapKey","unwrapKey"],"recoverableDays":90,"recoveryLevel":"Recoverable+Purgeable","tags":{},"type":"RSA","updated":789015845}' AS BLOB));
INSERT INTO record VALUES ('managed_identity', '/subscriptions/9b18b72d-87c6-4229-8702-4aa03740f4bd/resourcegroups/myresourcegroup/providers/microsoft.managedidentity/userassignedidentities/myidentity', 'myresourcegroup', CAST('{"clientID":"c7784e6e-85ca-4282-b09f-cf5f693de065","created":789015845,"location":"eastus","name":"MyIdentity","principalID":"03ff251e-7640-4a8d-876d-45fa2180176d","resourceGroup":"MyResourceGroup","subscriptionID":"9b18b72d-87c6-4229-8702-4aa03740f4bd","tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"}' AS BLOB));
INSERT INTO record VALUES ('resource_group', 'myresourcegroup', '', CAST('{"location":"eastus","name":"MyResourceGroup"}' AS BLOB));
INSERT INTO record VALUES ('vault', 'mykeyvault', 'myresourcegroup', CAST('{"accessPolicies":[{"certificates":["all"],"keys":["all"],"objectID":"88718afd-1b5c-4bbd-89a0-ec8a79ab7782","secrets":["all"],"storage":["all"],"tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"},{"certificates":[],"keys":["encrypt","decrypt"],"objectID":"03ff251e-7640-4a8d-876d-45fa2180176d","secrets":[],"storage":[],"tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"}],"created":789015845,"createdBy":{"applicationID":"04b07795-8ddb-461a-bbee-02f9e1bf7b46","kind":"User","name":"learner@contoso.onmicrosoft.com","objectID":"88718afd-1b5c-4bbd-89a0-ec8a79ab7782","tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c"},"enablePurgeProtection":false,"enableRBACAuthorization":false,"location":"eastus","name":"MyKeyVault","networkACLs":{"bypass":"AzureServices","defaultAction":"Allow"},"privateEndpointConnections":[],"publicNetworkAccess":"Enabled","resourceGroup":"MyResourceGroup","softDeleteRetentionInDays":90,"subscriptionID":"9b18b72d-87c6-4229-8702-4aa03740f4bd","tenantID":"182d0ea1-035d-492e-bf12-a54a678e4f3c","updated":789015845}' AS BLOB));
INSERT INTO setting VALUES ('clock.frozen', '1767323045.0');
INSERT INTO setting VALUES ('identifiers.counter', '6');
INSERT INTO setting VALUES ('identifiers.seed', '4');

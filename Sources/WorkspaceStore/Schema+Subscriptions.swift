extension Schema {
  /// Carries over a workspace from the time of one subscription without role assignments, in which
  /// whoever was signed in might do everything, and of keys that were all of RSA.
  ///
  /// What is written here is how the records looked when this step was made; later steps change
  /// them further.
  static let subscriptions = """
    CREATE TEMP TABLE account AS
      SELECT CAST(body AS TEXT) AS json, json_extract(CAST(body AS TEXT), '$.tenantID') AS tenant,
        json_extract(CAST(body AS TEXT), '$.subscriptionID') AS subscription,
        json_extract(CAST(body AS TEXT), '$.signedInUser.objectID') AS user
      FROM record WHERE kind = 'account';

    INSERT INTO record (kind, id, parent, body)
      SELECT 'subscription', subscription, tenant, CAST(json_object('id', subscription,
        'tenantID', tenant, 'name', 'Subscription 1', 'isKonnectivityGrandfathered', json('false'),
        'user', json_extract(json, '$.signedInUser')) AS BLOB) FROM temp.account;
    INSERT INTO record (kind, id, parent, body)
      SELECT 'directory_entry', user, tenant, CAST(json_object('id', user, 'parent', tenant,
        'use', 'principal', 'principal', json_extract(json, '$.signedInUser')) AS BLOB)
      FROM temp.account;
    INSERT INTO record (kind, id, parent, body)
      SELECT 'role_assignment', '/subscriptions/' || subscription || ' ' || user || ' \(owner)',
        user, CAST(json_object('name', substr(hex, 1, 8) || '-' || substr(hex, 9, 4) || '-4'
          || substr(hex, 14, 3) || '-8' || substr(hex, 18, 3) || '-' || substr(hex, 21),
        'scope', '/subscriptions/' || subscription, 'roleID', '\(owner)', 'principalID', user,
        'principalType', 'User', 'tenantID', tenant, 'created', 599529600, 'createdBy', user)
        AS BLOB)
      FROM temp.account, (SELECT lower(hex(randomblob(16))) AS hex);
    INSERT INTO record (kind, id, parent, body)
      SELECT 'role_assignment_count', subscription, '',
        CAST(json_object('id', subscription, 'count', 1) AS BLOB) FROM temp.account;

    UPDATE record SET id = account.subscription || '/' || id, parent = account.subscription,
      body = CAST(json_set(CAST(body AS TEXT), '$.subscriptionID', account.subscription) AS BLOB)
      FROM temp.account AS account WHERE kind = 'resource_group';
    UPDATE record SET body = CAST(json_set(CAST(body AS TEXT), '$.publicNumbers', json_object('rsa',
        json_object('modulus', json_extract(CAST(body AS TEXT), '$.modulus'),
          'exponent', json_extract(CAST(body AS TEXT), '$.exponent')))) AS BLOB)
      WHERE kind = 'key_version' AND json_type(CAST(body AS TEXT), '$.publicNumbers') IS NULL;
    DROP TABLE temp.account;
    """

  /// GUID of the role Owner.
  private static let owner = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
}

// EncryptionAtRestTests

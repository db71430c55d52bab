// CryptoEngineTests

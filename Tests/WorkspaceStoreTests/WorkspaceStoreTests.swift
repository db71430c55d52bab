// WorkspaceStoreTests

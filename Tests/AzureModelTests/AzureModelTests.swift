// AzureModelTests

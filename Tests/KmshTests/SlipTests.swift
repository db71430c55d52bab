import Foundation
import Testing

/// The slips that readers of the document make, in a real bash: their words and exit statuses.
///
/// Source: AKS specification §4, Key Vault specification §12, seed rules §16.
@Suite struct SlipTests {
  struct Slip: CustomTestStringConvertible, Sendable {
    let rule: String
    let shell: String
    let status: Int32
    let says: String
    var testDescription: String { "\(rule) \(shell)" }
  }

  /// What a reader has done before the slip.
  private static let before = """
    V=$(az keyvault create -n MyKeyVault -g MyResourceGroup --query id -o tsv)
    K=$(az keyvault key create -n MyKeyName --vault-name MyKeyVault --query key.kid -o tsv)
    I=$(az identity create -n MyIdentity -g MyResourceGroup --query id -o tsv)
    P=$(az identity show -n MyIdentity -g MyResourceGroup --query principalId -o tsv)
    C=$(az identity show -n MyIdentity -g MyResourceGroup --query clientId -o tsv)
    BASE='-n myAKSCluster -g MyResourceGroup'
    ACCESS='--azure-keyvault-kms-key-vault-network-access'
    KEY='--azure-keyvault-kms-key-id'
    GRANT='az keyvault set-policy -n MyKeyVault --object-id'

    """

  private static let create = "az aks create $BASE --assign-identity $I --enable-azure-keyvault-kms"

  private static let both =
    "You must set \"--enable-azure-keyvault-kms\" and \"--azure-keyvault-kms-key-id\" at the same time."

  private static let cannot =
    "(AzureKeyVaultKmsValidateIdentityPermissionCustomerError) "
    + "The identity does not have keys encrypt/decrypt permission on key vault"

  static let slips = [
    Slip(
      rule: "R34",
      shell: "\(create) $ACCESS Public $KEY ${K%/*}",
      status: 1,
      says: "--azure-keyvault-kms-key-id is not a valid Key Vault key ID."
    ),
    Slip(
      rule: "R34",
      shell: "\(create) $ACCESS Public $KEY $K/",
      status: 1,
      says: "--azure-keyvault-kms-key-id is not a valid Key Vault key ID."
    ),
    Slip(rule: "R49", shell: "\(create) $ACCESS Public", status: 1, says: both),
    Slip(
      rule: "R49",
      shell: "az aks create $BASE --assign-identity $I $ACCESS Public $KEY $K",
      status: 1,
      says: both
    ),
    Slip(
      rule: "R49",
      shell: "\(create) $KEY $K",
      status: 1,
      says: "\"--azure-keyvault-kms-key-vault-network-access\" is required."
    ),
    Slip(
      rule: "R67",
      shell: "\(create) $ACCESS Private $KEY $K",
      status: 1,
      says: "\"--azure-keyvault-kms-key-vault-resource-id\" is required when"
    ),
    Slip(
      rule: "R31",
      shell: "\(create) $ACCESS Closed $KEY $K",
      status: 2,
      says: "az aks create: 'Closed' is not a valid value for "
        + "'--azure-keyvault-kms-key-vault-network-access'. Allowed values: Public, Private."
    ),
    Slip(
      rule: "R50",
      shell: "az aks create $BASE --assign-identity $P --enable-azure-keyvault-kms $ACCESS Public "
        + "$KEY $K",
      status: 1,
      says: "--assign-identity is not a valid Azure resource ID."
    ),
    Slip(
      rule: "R115",
      shell: "\(create) $ACCESS Public $KEY $KEY_ID",
      status: 2,
      says: "argument --azure-keyvault-kms-key-id: expected one argument"
    ),
    Slip(
      rule: "R116",
      shell: "az aks update $BASE --enable-azure-keyvault-kms $KEY $NewKEY_ID $ACCESS Public",
      status: 2,
      says: "argument --azure-keyvault-kms-key-id: expected one argument"
    ),
    Slip(
      rule: "R08",
      shell: "az aks create $BASE --disable-azure-keyvault-kms",
      status: 2,
      says: "unrecognized arguments: --disable-azure-keyvault-kms"
    ),
    Slip(
      rule: "R36",
      shell: "$GRANT $P --key-permissions wrapKey unwrapKey -o none; "
        + "\(create) $ACCESS Public $KEY $K",
      status: 1,
      says: cannot
    ),
    Slip(
      rule: "R46",
      shell: "$GRANT $C --key-permissions encrypt decrypt -o none; "
        + "\(create) $ACCESS Public $KEY $K",
      status: 1,
      says: cannot
    ),
    Slip(rule: "R55", shell: "\(create) $ACCESS Public $KEY $K", status: 1, says: cannot),
    Slip(
      rule: "R21",
      shell: "az aks create $BASE --enable-azure-keyvault-kms $ACCESS Public $KEY $K",
      status: 1,
      says: "AzureKeyVaultKms feature does not support cluster identity type SystemAssigned"
    ),
    Slip(
      rule: "R86",
      shell: "az keyvault update -n MyKeyVault --public-network-access Disabled -o none; "
        + "\(create) $ACCESS Public $KEY $K",
      status: 1,
      says: "ERROR: ("
    ),
    Slip(
      rule: "R35",
      shell:
        "az keyvault create -n rbacvault -g MyResourceGroup --enable-rbac-authorization -o none;"
        + " az keyvault set-policy -n rbacvault --object-id $P --key-permissions get",
      status: 1,
      says: "Cannot set policies to a vault with '--enable-rbac-authorization' specified"
    ),
    Slip(
      rule: "R44",
      shell: "az keyvault set-policy -n MyKeyVault --key-permissions get",
      status: 1,
      says: "specify exactly one: --object-id, --spn, --upn"
    ),
    Slip(
      rule: "R51",
      shell: "az aks update $BASE --disable-azure-keyvault-kms",
      status: 3,
      says: "(ResourceNotFound) The Resource 'Microsoft.ContainerService/managedClusters/"
        + "myAKSCluster' under resource group 'MyResourceGroup' was not found."
    ),
    Slip(
      rule: "R32",
      shell: "az keyvault create --name MyKeyVault",
      status: 2,
      says: "the following arguments are required: --resource-group/-g"
    ),
    Slip(
      rule: "R33",
      shell: "az keyvault key create -n k --vault-name MyKeyVault --kty FOO",
      status: 2,
      says: "az keyvault key create: 'FOO' is not a valid value for '--kty'. Allowed values: EC, "
        + "EC-HSM, RSA, RSA-HSM, oct, oct-HSM."
    ),
  ]

  @Test(arguments: slips) func `a slip is told in the real tool's words`(slip: Slip) throws {
    let scratch = try Scratch()
    let outcome = try Shell.run(
      "eval \"$('\(Program.path)' env '\(scratch.file("env"))')\"\n" + Self.before + slip.shell,
      in: scratch
    )
    #expect(outcome.status == slip.status, "\(outcome.errors)")
    #expect(outcome.errors.contains("ERROR: "))
    #expect(outcome.errors.contains(slip.says), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }
}

internal import AzureModel
internal import LuaRuntime

/// A subscription of the signed-in user.
final class SubscriptionHandle: LuaObject {
  let session: Session
  /// As it was made; what it says never changes.
  let subscription: Subscription

  init(_ subscription: Subscription, _ session: Session) {
    self.subscription = subscription
    self.session = session
  }

  /// Whether calls go to it.
  func isDefault() throws -> Bool {
    try session.azure.account(session.workspace).subscriptionID == subscription.id
  }
}

extension LuaClass<SubscriptionHandle> {
  /// The class of subscriptions.
  static func subscription() -> LuaClass<SubscriptionHandle> {
    LuaClass("subscription", "A subscription of a tenant; the signed-in user is its Owner.") {
      type in
      type.describe = { "subscription \($0.subscription.name)" }
      type.isEqual = { $0.subscription.id == $1.subscription.id }
      type.card = {
        .card(
          "subscription \($0.subscription.name)",
          [
            ("id", .string($0.subscription.id)),
            ("tenant_id", .string($0.subscription.tenantID)),
            ("in use", try $0.isDefault() ? "yes" : "no"),
          ]
        )
      }
      type.row = {
        .row([
          ("name", .string($0.subscription.name)), ("id", .string($0.subscription.id)),
          ("tenant_id", .string($0.subscription.tenantID)),
          ("in use", try $0.isDefault() ? "*" : ""),
        ])
      }
      type.field("id", "GUID.") { .string($0.subscription.id) }
      type.field("name", "Name for people.") { .string($0.subscription.name) }
      type.field("tenant_id", "Tenant whose directory it trusts.") {
        .string($0.subscription.tenantID)
      }
      type.field(
        "konnectivity_grandfathered",
        "Whether Konnectivity with a private vault is still supported in it (R11)."
      ) { .boolean($0.subscription.isKonnectivityGrandfathered) }
      type.field("user", "The signed-in user, in the subscription's tenant.") {
        .object(PrincipalHandle($0.subscription.user, $0.session))
      }
      type.field("is_default", "Whether calls go to it.") { .boolean(try $0.isDefault()) }
      type.method("show", "Returns what `az account show` prints.", returns: "table") {
        handle,
        _ in
        handle.subscription.azShape(isDefault: try handle.isDefault()).luaValue
      }
    }
  }
}

extension LuaModule {
  /// The functions of `workspace` that are about tenants and subscriptions.
  func subscriptions(_ session: Session) {
    function(
      "subscription",
      "Makes a subscription; the signed-in user is its Owner. `workspace.use` goes to it.",
      options: [
        .optional(
          "tenant_id",
          .string,
          "GUID of a tenant, known or new",
          default: .words("that in use")
        ),
        .optional(
          "konnectivity_grandfathered",
          .boolean,
          "used Konnectivity with a private vault before it ended (R11)",
          default: false
        ),
      ],
      returns: "subscription"
    ) { call in
      let options = try call.options()
      let made = try session.azure.createSubscription(
        tenantID: options.optionalString("tenant_id"),
        isKonnectivityGrandfathered: options.optionalBoolean("konnectivity_grandfathered") ?? false,
        context: session.context()
      )
      return .object(SubscriptionHandle(made, session))
    }
    function(
      "subscriptions",
      "Returns the subscriptions of the signed-in user.",
      returns: "array of subscriptions"
    ) { _ in
      .array(
        try session.azure.listSubscriptions(session.workspace)
          .map { .object(SubscriptionHandle($0, session)) }
      )
    }
    function(
      "use",
      "Signs in to a subscription and its tenant: calls go there from now on.",
      parameters: "subscription",
      returns: "subscription"
    ) { call in
      let workspace = try session.workspace
      let name: String
      if case .object(let handle as SubscriptionHandle) = try call.value(1) {
        name = handle.subscription.id
      } else {
        name = try call.string(1)
      }
      return .object(SubscriptionHandle(try session.azure.use(name, workspace), session))
    }
  }
}

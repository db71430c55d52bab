--- Flags of `az aks create` and `update` whose features the model does not have.

local flags = require('az.cli.flags')

local BOTH = [[
  auto-upgrade-channel node-os-upgrade-channel network-plugin network-plugin-mode
  network-policy network-dataplane load-balancer-sku outbound-type pod-cidr
  api-server-authorized-ip-ranges private-dns-zone aad-tenant-id aad-admin-group-object-ids
  attach-acr k8s-support-plan tier sku nrg-lockdown-restriction-level image-cleaner-interval-hours
  http-proxy-config custom-ca-trust-certificates rotation-poll-interval min-count max-count
  load-balancer-managed-outbound-ip-count load-balancer-outbound-ips
  load-balancer-outbound-ip-prefixes load-balancer-outbound-ports load-balancer-idle-timeout
  load-balancer-backend-pool-type nat-gateway-managed-outbound-ip-count nat-gateway-idle-timeout
  ip-families defender-config gmsa-dns-server gmsa-root-domain-name windows-admin-password
  assign-kubelet-identity aks-custom-headers if-match if-none-match node-provisioning-mode
  azure-monitor-workspace-resource-id grafana-resource-id ksm-metric-labels-allow-list
  ksm-metric-annotations-allow-list bootstrap-artifact-source
  bootstrap-container-registry-resource-id
]]

local BOTH_ALONE = [[
  enable-oidc-issuer enable-workload-identity enable-aad enable-azure-rbac enable-defender
  enable-image-cleaner enable-keda enable-vpa enable-ahub enable-windows-gmsa enable-blob-driver
  enable-secret-rotation enable-cluster-autoscaler enable-azure-monitor-metrics
  enable-cost-analysis enable-private-cluster disable-local-accounts disable-public-fqdn
  disable-run-command disable-disk-driver disable-file-driver disable-snapshot-controller
  enable-ai-toolchain-operator enable-static-egress-gateway enable-acns
]]

local LISTS = 'tags cluster-autoscaler-profile nodepool-labels nodepool-taints'

local CREATE = [[
  ssh-key-value admin-username/u dns-name-prefix/p node-vm-size/s nodepool-name
  node-osdisk-size node-osdisk-type node-osdisk-diskencryptionset-id/d vnet-subnet-id pod-subnet-id
  node-resource-group max-pods/m os-sku vm-set-type service-cidr dns-service-ip
  docker-bridge-address service-principal client-secret enable-addons/a workspace-resource-id
  windows-admin-username ppg snapshot-id kubelet-config linux-os-config host-group-id crg-id
  gpu-instance-profile fqdn-subdomain edge-zone message-of-the-day workload-runtime pod-cidrs
  service-cidrs node-public-ip-prefix-id aci-subnet-name appgw-name appgw-subnet-cidr appgw-id
  appgw-subnet-id appgw-watch-namespace revision
]]

local CREATE_ALONE = [[
  generate-ssh-keys no-ssh-key/x enable-managed-identity enable-node-public-ip
  enable-encryption-at-host enable-ultra-ssd enable-fips-image enable-sgxquotehelper
  enable-app-routing enable-azure-service-mesh enable-vtpm enable-secure-boot disable-rbac
  skip-subnet-role-assignment enable-msi-auth-for-monitoring enable-syslog
]]

local UPDATE = 'detach-acr nodepool-name'

local UPDATE_ALONE = [[
  enable-local-accounts enable-public-fqdn enable-run-command disable-azure-rbac disable-defender
  disable-image-cleaner disable-keda disable-vpa disable-ahub disable-windows-gmsa
  disable-blob-driver disable-secret-rotation disable-cluster-autoscaler update-cluster-autoscaler/u
  disable-azure-monitor-metrics disable-cost-analysis disable-private-cluster
  disable-workload-identity enable-disk-driver enable-file-driver enable-snapshot-controller
  enable-force-upgrade disable-force-upgrade disable-static-egress-gateway disable-acns
  disable-http-proxy enable-http-proxy
]]

local function both()
  return flags.all(flags.ignored('text', BOTH), flags.ignored('flag', BOTH_ALONE),
    flags.ignored('words', LISTS))
end

return {
  create = flags.all(both(), flags.ignored('text', CREATE), flags.ignored('flag', CREATE_ALONE),
    flags.ignored('words', 'zones/z nodepool-tags vm-sizes node-public-ip-tags')),
  update = flags.all(both(), flags.ignored('text', UPDATE), flags.ignored('flag', UPDATE_ALONE)),
}

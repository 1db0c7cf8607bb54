import type { Values } from "./render-chart";

/** Each of these must never be seen outside of a Secret. */
export const SENTINELS = {
  database: "postgresql://sortie:sentinel-database@db:5432/sortie",
  redis: "redis://:sentinel-redis@cache:6379",
  auth: "sentinel-auth-0123456789abcdef0123456789",
  administrator: "sentinel-administrator",
  oidc: "sentinel-oidc",
  accessKeyId: "sentinel-access-key-id",
  secretAccessKey: "sentinel-secret-access-key",
} as const;

const database = { url: SENTINELS.database };

const oidc = {
  issuer: "https://id.example.org/realms/main",
  clientId: "sortie",
  clientSecret: SENTINELS.oidc,
  name: "Example",
  scopes: "openid groups",
  usernameClaim: "email",
  roleClaim: "realm_access.roles",
  roleMap: { "sortie-admins": "admin", "*": "readonly" },
  clusterClaim: "clusters",
};

const s3 = {
  enabled: true,
  storageBackend: "s3",
  maxSizeMB: 10_000_000,
  retentionDays: 30,
  s3: { bucket: "recordings", region: "eu-west-1", endpoint: "http://minio:9000", prefix: "a/b/" },
};

/** What an operator sets who sets the least. */
export const LEAST: Values = { database };

/** What operators set, from nothing much to everything. Together they set every variable to something of its own. */
export const CASES: Readonly<Record<string, Values>> = {
  "the least": LEAST,
  "a volume of one's own": {
    database,
    recording: { enabled: true, storagePath: "/srv/recordings" },
    persistence: { existingClaim: "mine" },
    dataDir: "/var/lib/sortie",
    logLevel: "debug",
    web: { port: 8080, host: "::" },
    metrics: { port: 9000 },
  },
  "a volume for many nodes": {
    database,
    recording: { enabled: true },
    persistence: { accessMode: "ReadWriteMany", storageClass: "nfs", size: "1Ti" },
    web: { replicas: 3 },
    worker: { replicas: 2 },
  },
  "S3 with keys, and everything that can be switched on": {
    database,
    redis: { url: SENTINELS.redis },
    recording: s3,
    s3: {
      accessKeyId: SENTINELS.accessKeyId,
      secretAccessKey: SENTINELS.secretAccessKey,
      presign: false,
    },
    auth: {
      secret: SENTINELS.auth,
      trustedProxies: 2,
      administrator: { username: "root", password: SENTINELS.administrator },
      oidc,
    },
    sessions: {
      cluster: "east",
      idleMinutes: 5,
      maxMinutes: 90,
      desktopImage: "registry.example.org/desktop:1",
      kubernetes: {
        namespace: "sessions",
        connect: "port-forward",
        serviceAccount: "nobody",
        imagePullSecrets: ["registry", "other"],
        nodeSelector: { pool: "sessions", "example.org/disk": "ssd" },
        runtimeClass: "gvisor",
        displayImage: "registry.example.org/display:1",
      },
    },
    webApps: { domain: "apps.example.org", tlsSecretName: "apps-tls" },
    tracing: { endpoint: "http://collector:4318" },
    apps: [
      { id: "shell", name: "Shell", kind: "terminal", description: "A shell.", image: "debian" },
    ],
    ingress: { enabled: true, className: "nginx", host: "sortie.example.org" },
    autoscaling: { enabled: true },
    networkPolicy: {
      ingressFrom: [{ namespaceSelector: { matchLabels: { name: "ingress" } } }],
      metricsFrom: [{ namespaceSelector: { matchLabels: { name: "monitoring" } } }],
      egress: [{ to: [{ ipBlock: { cidr: "10.0.0.0/8" } }] }],
      sessionEgress: [
        { to: [{ ipBlock: { cidr: "0.0.0.0/0", except: ["10.0.0.0/8", "169.254.0.0/16"] } }] },
      ],
    },
    metrics: {
      serviceMonitor: { enabled: true, labels: { release: "prometheus" } },
      prometheusRule: { enabled: true },
      dashboard: { enabled: true, annotations: { folder: "Sortie" } },
    },
    image: { repository: "registry.example.org/sortie", tag: "1.2", pullSecrets: ["registry"] },
    serviceAccount: { annotations: { "eks.amazonaws.com/role-arn": "arn:aws:iam::1:role/x" } },
    podDisruptionBudget: { maxUnavailable: "25%" },
    extraEnv: [
      { name: "TZ", value: "Europe/Zurich" },
      { name: "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", value: "http://traces:4318/v1/traces" },
      { name: "OTEL_EXPORTER_OTLP_PROTOCOL", value: "http/protobuf" },
      { name: "OTEL_SDK_DISABLED", value: "true" },
    ],
    web: {
      podAnnotations: { a: "b" },
      podLabels: { c: "d" },
      nodeSelector: { disk: "fast" },
      tolerations: [{ key: "x", operator: "Exists" }],
      affinity: { nodeAffinity: {} },
      priorityClassName: "high",
      extraVolumes: [{ name: "ca", secret: { secretName: "ca" } }],
      extraVolumeMounts: [{ name: "ca", mountPath: "/etc/ca" }],
    },
    commonLabels: { team: "platform" },
  },
  "secrets of one's own": {
    database: { existingSecret: "pg", existingSecretKey: "uri" },
    redis: { existingSecret: "cache", existingSecretKey: "url" },
    recording: s3,
    s3: { existingSecret: "s3", accessKeyIdKey: "id", secretAccessKeyKey: "key" },
    auth: {
      existingSecret: "auth",
      administrator: { existingSecret: "admin" },
      oidc: { ...oidc, clientSecret: "", existingSecret: "oidc" },
    },
    ingress: {
      enabled: true,
      controller: "traefik",
      host: "a.example.org",
      tls: { enabled: false },
    },
    image: { digest: `sha256:${"0".repeat(64)}` },
  },
  "people of an OpenID provider only, and no privileges in the cluster": {
    database,
    auth: { url: "https://sortie.example.org", localAccounts: false, oidc },
    sessions: { provider: "local" },
    metrics: { enabled: false },
    networkPolicy: { enabled: true },
    podDisruptionBudget: { enabled: false },
    serviceAccount: { create: false, name: "theirs" },
    ingress: {
      enabled: true,
      controller: "none",
      host: "b.example.org",
      tls: { secretName: "tls" },
    },
  },
  "another name": {
    database,
    fullnameOverride: "a-very-long-name-that-is-cut-before-it-gets-too-long-for-kubernetes",
    nameOverride: "other",
    sessions: {
      provider: "docker",
      docker: { socket: "/run/engine.sock", runtime: "runsc", network: "sessions" },
    },
    service: { type: "LoadBalancer", port: 8080, annotations: { lb: "internal" } },
    networkPolicy: { enabled: false },
    terminationGracePeriodSeconds: 120,
  },
};

{{/* The product's environment. What is empty is left out: the product then uses its own default. */}}

{{- define "sortie.publicUrl" -}}
{{- if .Values.auth.url -}}
{{ .Values.auth.url }}
{{- else if .Values.ingress.enabled -}}
{{ ternary "https" "http" .Values.ingress.tls.enabled }}://{{ .Values.ingress.host }}
{{- end -}}
{{- end -}}

{{- define "sortie.trustedProxies" -}}
{{- if kindIs "invalid" .Values.auth.trustedProxies -}}
{{ ternary 1 0 .Values.ingress.enabled }}
{{- else -}}
{{ int64 .Values.auth.trustedProxies }}
{{- end -}}
{{- end -}}

{{/* A map as the product writes it: `a=b,c=d`. */}}
{{- define "sortie.pairs" -}}
{{- $pairs := list -}}
{{- range $key, $value := . -}}
{{- $pairs = append $pairs (printf "%s=%s" $key $value) -}}
{{- end -}}
{{- join "," $pairs -}}
{{- end -}}

{{/* What is no secret, as a YAML map of names to texts. */}}
{{- define "sortie.settings" -}}
{{- $settings := dict
  "SORTIE_VIDEO_RECORDING_ENABLED" .Values.recording.enabled
  "SORTIE_RECORDING_STORAGE_BACKEND" .Values.recording.storageBackend
  "SORTIE_RECORDING_MAX_SIZE_MB" (int64 .Values.recording.maxSizeMB)
  "SORTIE_RECORDING_RETENTION_DAYS" (int64 .Values.recording.retentionDays)
  "SORTIE_LOCAL_ACCOUNTS" .Values.auth.localAccounts
  "SORTIE_TRUSTED_PROXIES" (include "sortie.trustedProxies" .)
  "SORTIE_DATA_DIR" .Values.dataDir
  "SORTIE_LOG_LEVEL" .Values.logLevel
  "PORT" (int64 .Values.web.port)
  "HOST" .Values.web.host
  "NEXTAUTH_URL" (include "sortie.publicUrl" .)
  "SORTIE_APPS_DOMAIN" .Values.webApps.domain
  "OTEL_EXPORTER_OTLP_ENDPOINT" .Values.tracing.endpoint
-}}
{{- $settings = merge $settings
  (include "sortie.storageSettings" . | fromYaml)
  (include "sortie.sessionSettings" . | fromYaml)
  (include "sortie.oidcSettings" . | fromYaml)
-}}
{{- if .Values.auth.localAccounts -}}
{{- $_ := set $settings "SORTIE_ADMIN_USERNAME" .Values.auth.administrator.username -}}
{{- end -}}
{{- if .Values.metrics.enabled -}}
{{- $_ := set $settings "SORTIE_METRICS_PORT" (int64 .Values.metrics.port) -}}
{{- end -}}
{{- range $name, $value := $settings }}
{{- if ne (toString $value) "" }}
{{ $name }}: {{ toString $value | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "sortie.storageSettings" -}}
{{- if eq .Values.recording.storageBackend "s3" -}}
{{- with .Values.recording.s3 }}
SORTIE_RECORDING_S3_BUCKET: {{ .bucket | quote }}
SORTIE_RECORDING_S3_REGION: {{ .region | quote }}
SORTIE_RECORDING_S3_ENDPOINT: {{ .endpoint | quote }}
SORTIE_RECORDING_S3_PREFIX: {{ .prefix | quote }}
{{- end }}
SORTIE_RECORDING_S3_PRESIGN: {{ .Values.s3.presign | quote }}
{{- else }}
SORTIE_RECORDING_STORAGE_PATH: {{ .Values.recording.storagePath | quote }}
{{- end }}
{{- end -}}

{{- define "sortie.sessionSettings" -}}
{{- with .Values.sessions }}
SORTIE_SESSION_PROVIDER: {{ .provider | quote }}
SORTIE_CLUSTER: {{ .cluster | quote }}
SORTIE_SESSION_IDLE_MINUTES: {{ int64 .idleMinutes | quote }}
SORTIE_SESSION_MAX_MINUTES: {{ int64 .maxMinutes | quote }}
{{- if ne .provider "local" }}
SORTIE_DESKTOP_IMAGE: {{ .desktopImage | quote }}
{{- end }}
{{- if eq .provider "kubernetes" }}
{{- with .kubernetes }}
SORTIE_KUBERNETES_NAMESPACE: {{ .namespace | quote }}
SORTIE_KUBERNETES_CONNECT: {{ .connect | quote }}
SORTIE_KUBERNETES_SERVICE_ACCOUNT: {{ .serviceAccount | quote }}
SORTIE_KUBERNETES_IMAGE_PULL_SECRETS: {{ join "," .imagePullSecrets | quote }}
SORTIE_KUBERNETES_NODE_SELECTOR: {{ include "sortie.pairs" .nodeSelector | quote }}
SORTIE_KUBERNETES_RUNTIME_CLASS: {{ .runtimeClass | quote }}
SORTIE_KUBERNETES_DISPLAY_IMAGE: {{ .displayImage | quote }}
{{- end }}
{{- else if eq .provider "docker" }}
{{- with .docker }}
SORTIE_DOCKER_SOCKET: {{ .socket | quote }}
SORTIE_DOCKER_RUNTIME: {{ .runtime | quote }}
SORTIE_DOCKER_NETWORK: {{ .network | quote }}
{{- end }}
{{- end }}
{{- end }}
{{- if .Values.apps }}
SORTIE_APPS_FILE: "/etc/sortie/apps.json"
{{- end }}
{{- end -}}

{{- define "sortie.oidcSettings" -}}
{{- with .Values.auth.oidc }}
{{- if .issuer }}
SORTIE_OIDC_ISSUER: {{ .issuer | quote }}
SORTIE_OIDC_CLIENT_ID: {{ .clientId | quote }}
SORTIE_OIDC_NAME: {{ .name | quote }}
SORTIE_OIDC_SCOPES: {{ .scopes | quote }}
SORTIE_OIDC_USERNAME_CLAIM: {{ .usernameClaim | quote }}
SORTIE_OIDC_ROLE_CLAIM: {{ .roleClaim | quote }}
SORTIE_OIDC_ROLE_MAP: {{ include "sortie.pairs" .roleMap | quote }}
SORTIE_OIDC_CLUSTER_CLAIM: {{ .clusterClaim | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/*
What is secret, as a YAML map of each variable to the Secret and the key that have it, and, where the chart makes
the Secret out of a value, to that value.
*/}}
{{- define "sortie.secrets" -}}
{{- $own := include "sortie.ownSecretName" . -}}
{{- $kept := include "sortie.keptSecretName" . -}}
{{- with .Values.database }}
DATABASE_URL: {{ dict "secret" (default $own .existingSecret) "key" (ternary .existingSecretKey "DATABASE_URL" (ne .existingSecret "")) "value" .url | toJson }}
{{- end }}
{{- with .Values.redis }}
{{- if or .url .existingSecret }}
REDIS_URL: {{ dict "secret" (default $own .existingSecret) "key" (ternary .existingSecretKey "REDIS_URL" (ne .existingSecret "")) "value" .url | toJson }}
{{- end }}
{{- end }}
{{- with .Values.auth }}
NEXTAUTH_SECRET: {{ dict "secret" (default (ternary $own $kept (ne .secret "")) .existingSecret) "key" (ternary .existingSecretKey "NEXTAUTH_SECRET" (ne .existingSecret "")) "value" .secret | toJson }}
{{- with .oidc }}
{{- if .issuer }}
SORTIE_OIDC_CLIENT_SECRET: {{ dict "secret" (default $own .existingSecret) "key" (ternary .existingSecretKey "SORTIE_OIDC_CLIENT_SECRET" (ne .existingSecret "")) "value" .clientSecret | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- if eq .Values.recording.storageBackend "s3" }}
{{- with .Values.s3 }}
{{- if or .accessKeyId .existingSecret }}
SORTIE_RECORDING_S3_ACCESS_KEY_ID: {{ dict "secret" (default $own .existingSecret) "key" (ternary .accessKeyIdKey "SORTIE_RECORDING_S3_ACCESS_KEY_ID" (ne .existingSecret "")) "value" .accessKeyId | toJson }}
SORTIE_RECORDING_S3_SECRET_ACCESS_KEY: {{ dict "secret" (default $own .existingSecret) "key" (ternary .secretAccessKeyKey "SORTIE_RECORDING_S3_SECRET_ACCESS_KEY" (ne .existingSecret "")) "value" .secretAccessKey | toJson }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The first administrator's password: only the web process makes administrators. */}}
{{- define "sortie.administratorSecret" -}}
{{- if .Values.auth.localAccounts }}
{{- with .Values.auth.administrator }}
SORTIE_ADMIN_PASSWORD: {{ dict "secret" (default (ternary (include "sortie.ownSecretName" $) (include "sortie.keptSecretName" $) (ne .password "")) .existingSecret) "key" (ternary .existingSecretKey "SORTIE_ADMIN_PASSWORD" (ne .existingSecret "")) "value" .password | toJson }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The Secret made of values that were given, and the one made of what was generated. */}}
{{- define "sortie.ownSecretName" -}}
{{ include "sortie.fullname" . }}-given
{{- end -}}

{{- define "sortie.keptSecretName" -}}
{{ include "sortie.fullname" . }}-generated
{{- end -}}

{{/* A container's environment; takes the root and whether it is the web process. */}}
{{- define "sortie.environment" -}}
envFrom:
  - configMapRef:
      name: {{ include "sortie.fullname" .root }}
env:
{{- $secrets := include "sortie.secrets" .root | fromYaml -}}
{{- if .isWeb -}}
{{- $secrets = merge $secrets (include "sortie.administratorSecret" .root | fromYaml) -}}
{{- end -}}
{{- range $name, $source := $secrets }}
  - name: {{ $name }}
    valueFrom:
      secretKeyRef:
        name: {{ $source.secret }}
        key: {{ $source.key }}
{{- end }}
{{- with .root.Values.extraEnv }}
{{ toYaml . | indent 2 }}
{{- end }}
{{- end -}}

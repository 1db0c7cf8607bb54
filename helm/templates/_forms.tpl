{{/*
What a text among the values may be. Helm answers a `pattern` of values.schema.json with the regular expression alone,
so the schema knows only which values are texts; their forms are here, each with the words an operator needs.
A secret's value is never shown.
*/}}
{{- define "sortie.forms" -}}
- values: [auth.url]
  pattern: '^(|https?://[^\s/?#@]+/?)$'
  allowed: the http or https address that users open, without a path, such as https://sortie.example.org
- values: [auth.secret]
  pattern: '^(|.{32,})$'
  allowed: at least 32 random characters, such as those of `openssl rand -hex 32`, or nothing to have them generated
  secret: true
- values: [database.url]
  pattern: '^(|postgres(ql)?://\S+)$'
  allowed: a URL such as postgresql://user:password@host:5432/database, with what is special in the password percent-encoded
  secret: true
- values: [redis.url]
  pattern: '^(|rediss?://\S+)$'
  allowed: a redis:// or rediss:// URL, such as redis://:password@host:6379
  secret: true
- values: [recording.s3.endpoint, auth.oidc.issuer, tracing.endpoint]
  pattern: '^(|https?://[^\s/?#]+(/\S*)?)$'
  allowed: an address that begins with http:// or https://
- values: [recording.s3.bucket]
  pattern: '^(|[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])$'
  allowed: the bucket's name alone, 3 to 63 lower-case letters, digits, dots and hyphens
- values: [recording.s3.region]
  pattern: '^\S+$'
  allowed: a region, such as us-east-1
- values: [recording.s3.prefix]
  pattern: '^[^/].*/$'
  allowed: a prefix that ends with / and does not begin with it, such as recordings/
- values: [recording.storagePath, dataDir]
  pattern: '^/[^\s]+$'
  allowed: an absolute path without spaces, such as /data/recordings
- values: [persistence.size]
  pattern: '^[0-9]+(\.[0-9]+)?([KMGTPE]i?|[mk])?$'
  allowed: a quantity such as 50Gi
- values: [auth.administrator.username]
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,63}$'
  allowed: 1 to 64 letters, digits, dots, hyphens and underscores, a letter or digit first
- values: [auth.oidc.scopes]
  pattern: '^(.* )?openid( .*)?$'
  allowed: scopes separated by spaces, openid among them
- values: [auth.oidc.usernameClaim, auth.oidc.roleClaim]
  pattern: '^\S+$'
  allowed: the name of a claim, such as groups
- values: [sessions.cluster]
  pattern: '^[a-zA-Z0-9][a-zA-Z0-9._-]{0,62}$'
  allowed: a cluster's name of at most 63 letters, digits, dots, hyphens and underscores, a letter or digit first
- values: [sessions.desktopImage]
  pattern: '^[a-zA-Z0-9][\w./:@-]*$'
  allowed: an image as containers name it, such as registry.example.org/sortie-desktop:1
- values: [sessions.kubernetes.displayImage]
  pattern: '^(|[a-zA-Z0-9][\w./:@-]*)$'
  allowed: an image as containers name it, such as registry.example.org/sortie-desktop:1
- values: [sessions.docker.socket]
  pattern: '^(|/\S+)$'
  allowed: the absolute path of a Docker or Podman socket
- values: [sessions.docker.runtime, sessions.docker.network]
  pattern: '^[\w.-]*$'
  allowed: a name that the engine knows, of letters, digits, dots, hyphens and underscores
- values: [image.repository]
  pattern: '^[a-z0-9][\w./:-]*$'
  allowed: the image's name in lower case without a tag, such as registry.example.org/sortie
- values: [image.tag]
  pattern: '^[\w.-]*$'
  allowed: a tag alone, such as 0.1.0
- values: [image.digest]
  pattern: '^(|sha256:[0-9a-f]{64})$'
  allowed: 'sha256: and 64 hexadecimal digits'
- values: [web.host]
  pattern: '^\S+$'
  allowed: 'an address to listen on, such as 0.0.0.0 or ::'
- values: [ingress.host]
  pattern: '^(|[a-zA-Z0-9.-]+)$'
  allowed: a host name alone, without https:// and without a path, such as sortie.example.org
- values: [webApps.domain]
  pattern: '^(|[a-z0-9]([a-z0-9.-]{0,198}[a-z0-9])?)$'
  allowed: a domain in lower case, such as apps.sortie.example.org, without https:// and without the *
- values: [podDisruptionBudget.maxUnavailable]
  pattern: '^[0-9]+%?$'
  allowed: a number or a percentage, such as 1 or 25%
- values: [metrics.serviceMonitor.interval]
  pattern: '^[0-9]+(ms|s|m|h)$'
  allowed: a time such as 30s
- values:
    - s3.existingSecret
    - persistence.existingClaim
    - database.existingSecret
    - redis.existingSecret
    - auth.existingSecret
    - auth.administrator.existingSecret
    - auth.oidc.existingSecret
    - sessions.kubernetes.namespace
    - sessions.kubernetes.serviceAccount
    - sessions.kubernetes.imagePullSecrets
    - sessions.kubernetes.runtimeClass
    - webApps.tlsSecretName
    - ingress.tls.secretName
    - serviceAccount.name
  pattern: '^(|[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?)$'
  allowed: the name of an object in the cluster, of lower-case letters, digits, hyphens and dots
- values:
    - s3.accessKeyIdKey
    - s3.secretAccessKeyKey
    - database.existingSecretKey
    - redis.existingSecretKey
    - auth.existingSecretKey
    - auth.administrator.existingSecretKey
    - auth.oidc.existingSecretKey
  pattern: '^[-._a-zA-Z0-9]{1,253}$'
  allowed: a key of a Secret, of letters, digits, hyphens, dots and underscores
{{- end -}}

{{/* A sentence for each text that has not the form it has to have. */}}
{{- define "sortie.formRefusals" -}}
{{- $refusals := list -}}
{{- range $form := include "sortie.forms" . | fromYamlArray -}}
{{- range $path := $form.values -}}
{{- $found := $.Values -}}
{{- range splitList "." $path -}}
{{- $found = index $found . -}}
{{- end -}}
{{- range kindIs "slice" $found | ternary $found (list $found) -}}
{{- $text := kindIs "invalid" . | ternary "" (toString .) -}}
{{- if not (regexMatch $form.pattern $text) -}}
{{- $shown := hasKey $form "secret" | ternary "(hidden)" (quote $text) -}}
{{- $refusals = append $refusals (printf "%s is %s; allowed: %s." $path $shown $form.allowed) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- range $group := keys .Values.auth.oidc.roleMap -}}
{{- if not (regexMatch "^[^=,]+$" $group) -}}
{{- $refusals = append $refusals (printf "auth.oidc.roleMap has %q; allowed: what the provider's claim says, without = and commas." $group) -}}
{{- end -}}
{{- end -}}
{{- toJson $refusals -}}
{{- end -}}

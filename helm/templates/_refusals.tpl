{{/* What values.schema.json cannot say: forms of texts, and settings that do not go together. Each refusal is a sentence. */}}
{{- define "sortie.refusals" -}}
{{- $refusals := include "sortie.formRefusals" . | fromJsonArray -}}
{{- with .Values.database -}}
{{- if not (or .url .existingSecret) -}}
{{- $refusals = append $refusals "No database: set database.url, or database.existingSecret with the name of a Secret that has the URL of a PostgreSQL." -}}
{{- end -}}
{{- end -}}
{{- $refusals = concat $refusals (include "sortie.storageRefusals" . | fromJsonArray) -}}
{{- $refusals = concat $refusals (include "sortie.signInRefusals" . | fromJsonArray) -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- $refusals = append $refusals "ingress.enabled is true, but ingress.host is empty: set the host name that users open." -}}
{{- end -}}
{{- if and .Values.webApps.domain (not (include "sortie.publicUrl" .)) -}}
{{- $refusals = append $refusals "webApps.domain is set, but not the address whose pages show those apps: set auth.url, or ingress.enabled and ingress.host." -}}
{{- end -}}
{{- if not .Values.metrics.enabled -}}
{{- if .Values.metrics.serviceMonitor.enabled -}}
{{- $refusals = append $refusals "metrics.serviceMonitor.enabled is true, but metrics.enabled is false, so there is nothing to read: set both, or neither." -}}
{{- end -}}
{{- if .Values.metrics.prometheusRule.enabled -}}
{{- $refusals = append $refusals "metrics.prometheusRule.enabled is true, but metrics.enabled is false, so its alerts would ring for ever: set both, or neither." -}}
{{- end -}}
{{- end -}}
{{- with .Values.autoscaling -}}
{{- if gt (int64 .minReplicas) (int64 .maxReplicas) -}}
{{- $refusals = append $refusals (printf "autoscaling.minReplicas is %d and autoscaling.maxReplicas %d: the fewest cannot be more than the most." (int64 .minReplicas) (int64 .maxReplicas)) -}}
{{- end -}}
{{- end -}}
{{- if $refusals -}}
{{- fail (join "\n" $refusals) -}}
{{- end -}}
{{- end -}}

{{- define "sortie.storageRefusals" -}}
{{- $refusals := list -}}
{{- $web := ternary (int64 .Values.autoscaling.maxReplicas) (int64 .Values.web.replicas) .Values.autoscaling.enabled -}}
{{- $webKey := ternary "autoscaling.maxReplicas" "web.replicas" .Values.autoscaling.enabled -}}
{{- if include "sortie.onOneNode" . -}}
{{- range $key, $count := dict $webKey $web "worker.replicas" (int64 .Values.worker.replicas) -}}
{{- if gt $count 1 -}}
{{- $refusals = append $refusals (printf "%s is %d, but recordings are on a volume that is ReadWriteOnce, for one node: set persistence.accessMode to ReadWriteMany, with a storage class that offers it, or recording.storageBackend to s3." $key $count) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq .Values.sessions.provider "local") (gt $web 1) -}}
{{- $refusals = append $refusals (printf "%s is %d, but sessions.provider is local: those sessions run inside one web process. Set it to 1, or sessions.provider to kubernetes." $webKey $web) -}}
{{- end -}}
{{- if and (eq .Values.recording.storageBackend "s3") (not .Values.recording.s3.bucket) -}}
{{- $refusals = append $refusals "recording.storageBackend is s3, but recording.s3.bucket is empty: set the bucket's name." -}}
{{- end -}}
{{- with .Values.s3 -}}
{{- if ne (empty .accessKeyId) (empty .secretAccessKey) -}}
{{- $refusals = append $refusals "Only one of s3.accessKeyId and s3.secretAccessKey is set: set both, or neither for the AWS SDK's own chain." -}}
{{- end -}}
{{- end -}}
{{- toJson $refusals -}}
{{- end -}}

{{- define "sortie.signInRefusals" -}}
{{- $refusals := list -}}
{{- $oidc := .Values.auth.oidc -}}
{{- if and (not .Values.auth.localAccounts) (not $oidc.issuer) -}}
{{- $refusals = append $refusals "auth.localAccounts is false, but without auth.oidc.issuer nobody could sign in: set it." -}}
{{- end -}}
{{- if $oidc.issuer -}}
{{- if not $oidc.clientId -}}
{{- $refusals = append $refusals "auth.oidc.issuer is set, but auth.oidc.clientId is empty: set the id of the client registered there." -}}
{{- end -}}
{{- if not (or $oidc.clientSecret $oidc.existingSecret) -}}
{{- $refusals = append $refusals "auth.oidc.issuer is set, but no client secret: set auth.oidc.clientSecret or auth.oidc.existingSecret." -}}
{{- end -}}
{{- if not $oidc.roleMap -}}
{{- $refusals = append $refusals "auth.oidc.issuer is set, but auth.oidc.roleMap is empty, so nobody would be let in: set which groups are admin, ops, dev or readonly." -}}
{{- end -}}
{{- end -}}
{{- toJson $refusals -}}
{{- end -}}

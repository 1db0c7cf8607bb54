{{/* Names and labels. */}}

{{- define "sortie.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* Room is left in the 63 characters for what is put behind it. */}}
{{- define "sortie.fullname" -}}
{{- $name := include "sortie.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/* What web and worker have in common; these never change in the life of a release. */}}
{{- define "sortie.selectorLabels" -}}
app.kubernetes.io/name: {{ include "sortie.name" . }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end -}}

{{- define "sortie.labels" -}}
{{ include "sortie.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sortie.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "sortie.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "sortie.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{- define "sortie.claimName" -}}
{{- default (printf "%s-recordings" (include "sortie.fullname" .)) .Values.persistence.existingClaim -}}
{{- end -}}

{{/* Where sessions run. */}}
{{- define "sortie.sessionNamespace" -}}
{{- default .Release.Namespace .Values.sessions.kubernetes.namespace -}}
{{- end -}}

{{/* Not empty where recordings are on a volume that only one node can have at a time. */}}
{{- define "sortie.onOneNode" -}}
{{- if and (eq .Values.recording.storageBackend "local") (eq .Values.persistence.accessMode "ReadWriteOnce") -}}
yes
{{- end -}}
{{- end -}}

{{/* What the Pods of web and worker have in common. Takes a dict: root, component, settings (`.Values.web` or `.Values.worker`). */}}

{{- define "sortie.podMetadata" -}}
labels:
  {{- include "sortie.labels" .root | nindent 2 }}
  app.kubernetes.io/component: {{ .component }}
  {{- with .settings.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
annotations:
  # A changed setting or secret starts the Pods anew.
  checksum/environment: {{ print (include "sortie.settings" .root) (include "sortie.secrets" .root) (include "sortie.administratorSecret" .root) (toJson .root.Values.apps) | sha256sum }}
  {{- with .settings.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "sortie.podSettings" -}}
{{- $root := .root -}}
serviceAccountName: {{ include "sortie.serviceAccountName" $root }}
# Only the API server needs the token, and only sessions in Pods need the API server.
automountServiceAccountToken: {{ eq $root.Values.sessions.provider "kubernetes" }}
enableServiceLinks: false
terminationGracePeriodSeconds: {{ int64 $root.Values.terminationGracePeriodSeconds }}
{{- with $root.Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- with $root.Values.podSecurityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .settings.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- if .settings.affinity }}
affinity:
  {{- toYaml .settings.affinity | nindent 2 }}
{{- else if include "sortie.onOneNode" $root }}
affinity:
  # The volume can be on one node only. The first of these Pods goes anywhere, the others where it is.
  podAffinity:
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- include "sortie.selectorLabels" $root | nindent 12 }}
{{- end }}
{{- if .settings.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- toYaml .settings.topologySpreadConstraints | nindent 2 }}
{{- else if not (include "sortie.onOneNode" $root) }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- include "sortie.selectorLabels" $root | nindent 8 }}
        app.kubernetes.io/component: {{ $.component }}
  {{- end }}
{{- end }}
volumes:
  {{- include "sortie.volumes" . | nindent 2 }}
{{- end -}}

{{- define "sortie.volumes" -}}
{{- $root := .root -}}
- name: tmp
  emptyDir: {}
- name: data
  emptyDir: {}
{{- if eq $root.Values.recording.storageBackend "local" }}
- name: recordings
  persistentVolumeClaim:
    claimName: {{ include "sortie.claimName" $root }}
{{- end }}
{{- if $root.Values.apps }}
- name: apps
  configMap:
    name: {{ include "sortie.fullname" $root }}-apps
{{- end }}
{{- with .settings.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "sortie.container" -}}
{{- $root := .root -}}
image: {{ include "sortie.image" $root | quote }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
{{- with $root.Values.securityContext }}
securityContext:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .settings.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{ include "sortie.environment" (dict "root" $root "isWeb" (eq .component "web")) }}
volumeMounts:
  - name: tmp
    mountPath: /tmp
  - name: data
    mountPath: {{ $root.Values.dataDir }}
  {{- if eq $root.Values.recording.storageBackend "local" }}
  - name: recordings
    mountPath: {{ $root.Values.recording.storagePath }}
  {{- end }}
  {{- if $root.Values.apps }}
  - name: apps
    mountPath: /etc/sortie
    readOnly: true
  {{- end }}
  {{- with .settings.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

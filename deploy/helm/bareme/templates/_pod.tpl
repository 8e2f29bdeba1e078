{{/* The parts that every pod of the chart shares. */}}

{{- define "bareme.podSettings" -}}
serviceAccountName: {{ include "bareme.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- if .Values.userNamespace }}
hostUsers: false
{{- end }}
securityContext:
  runAsNonRoot: true
  runAsUser: 65532
  runAsGroup: 65532
  fsGroup: 65532
  fsGroupChangePolicy: OnRootMismatch
  seccompProfile: {type: RuntimeDefault}
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- define "bareme.containerSettings" -}}
image: {{ include "bareme.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  runAsNonRoot: true
  capabilities: {drop: [ALL]}
{{- with .Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
env:
  - {name: BAREME_MODEL, value: {{ printf "/etc/bareme/model/%s" .Values.model.key }}}
  - {name: BAREME_LOG_LEVEL, value: {{ .Values.log.level }}}
  - {name: BAREME_LOG_FORMAT, value: {{ .Values.log.format }}}
  {{- if eq .Values.database "sqlite" }}
  - {name: BAREME_STATE, value: /var/lib/bareme/bareme.db}
  {{- else }}
  - {name: BAREME_DATABASE_URL_FILE, value: {{ printf "/etc/bareme/database/%s" .Values.postgres.urlKey }}}
  {{- end }}
  {{- range $setting, $key := .Values.secrets.files }}
  - {name: {{ $setting }}, value: {{ printf "/etc/bareme/secrets/%s" $key }}}
  {{- end }}
  {{- with .Values.env }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
volumeMounts:
  - {name: model, mountPath: /etc/bareme/model, readOnly: true}
  - {name: secrets, mountPath: /etc/bareme/secrets, readOnly: true}
  {{- if eq .Values.database "postgres" }}
  - {name: database, mountPath: /etc/bareme/database, readOnly: true}
  {{- else }}
  - {name: state, mountPath: /var/lib/bareme}
  {{- end }}
  - {name: tmp, mountPath: /tmp}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}

{{/* Volumes are whole folders: a file mounted by subPath would not follow its Secret. */}}
{{- define "bareme.volumes" -}}
- name: model
  configMap: {name: {{ include "bareme.modelMap" . }}}
- name: secrets
  secret: {secretName: {{ .Values.secrets.existingSecret }}, defaultMode: 0440}
{{- if eq .Values.database "postgres" }}
- name: database
  secret:
    secretName: {{ include "bareme.databaseSecret" . }}
    defaultMode: 0440
    items: [{key: {{ .Values.postgres.urlKey }}, path: {{ .Values.postgres.urlKey }}}]
{{- end }}
- name: tmp
  emptyDir: {sizeLimit: 64Mi}
{{- with .Values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "bareme.stateVolume" -}}
{{- if eq .Values.database "sqlite" -}}
- name: state
  persistentVolumeClaim: {claimName: {{ include "bareme.claim" . }}}
{{- end }}
{{- end }}

{{- define "bareme.podMeta" -}}
labels:
  {{- include "bareme.labels" . | nindent 2 }}
  app.kubernetes.io/component: worker
  {{- with .Values.podLabels }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- if or .Values.podAnnotations .Values.model.content }}
annotations:
  {{- if .Values.model.content }}
  checksum/model: {{ sha256sum .Values.model.content }}
  {{- end }}
  {{- with .Values.podAnnotations }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end }}
{{- end }}

{{- define "bareme.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* The name of every object. 40 characters leave room for what objects append: a CronJob may have 52. */}}
{{- define "bareme.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "bareme.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "bareme.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "bareme.namespace" -}}
{{- default .Release.Namespace .Values.namespaceOverride }}
{{- end }}

{{/* Whether a setting is given, as a file or as a variable: "yes" or nothing. Takes the root and the setting's name. */}}
{{- define "bareme.sets" -}}
{{- $setting := .setting }}
{{- if index .root.Values.secrets.files (printf "%s_FILE" $setting) }}yes
{{- else }}
{{- range .root.Values.env }}
{{- if or (eq .name $setting) (eq .name (printf "%s_FILE" $setting)) }}yes{{ break }}{{ end }}
{{- end }}
{{- end }}
{{- end }}

{{- define "bareme.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "bareme.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{/* What every pod of the release has, and selectors look for. It must never change. */}}
{{- define "bareme.instance" -}}
app.kubernetes.io/name: {{ include "bareme.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The workers among the pods: the pod of `helm test` is none. */}}
{{- define "bareme.worker" -}}
{{ include "bareme.instance" . }}
app.kubernetes.io/component: worker
{{- end }}

{{- define "bareme.labels" -}}
{{ include "bareme.instance" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "bareme.image" -}}
{{- if .Values.image.digest }}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest }}
{{- else }}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) }}
{{- end }}
{{- end }}

{{- define "bareme.modelMap" -}}
{{- default (printf "%s-model" (include "bareme.fullname" .)) .Values.model.existingConfigMap }}
{{- end }}

{{- define "bareme.claim" -}}
{{- default (printf "%s-state" (include "bareme.fullname" .)) .Values.sqlite.existingClaim }}
{{- end }}

{{- define "bareme.databaseSecret" -}}
{{- default .Values.secrets.existingSecret .Values.postgres.existingSecret }}
{{- end }}

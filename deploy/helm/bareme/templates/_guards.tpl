{{/* What cannot work is refused here, in words. values.schema.json refuses much of it too, but not every pipeline reads it. */}}
{{- define "bareme.guards" -}}
{{- $v := .Values }}
{{- if not $v.image.repository }}
{{- fail "image.repository is empty: say where you pushed the image (make image builds it)" }}
{{- end }}
{{- if and (not $v.model.content) (not $v.model.existingConfigMap) }}
{{- fail "there is no model file: helm install --set-file model.content=bareme.yaml, or name a ConfigMap in model.existingConfigMap" }}
{{- end }}
{{- if and $v.model.content $v.model.existingConfigMap }}
{{- fail "model.content and model.existingConfigMap exclude each other" }}
{{- end }}
{{- if not $v.secrets.existingSecret }}
{{- fail "secrets.existingSecret is empty: make a Secret with the CRM's credential (kubectl create secret generic bareme --from-file=hubspot-token=token.txt) and name it" }}
{{- end }}
{{- if not (has $v.mode (list "deployment" "cronjob")) }}
{{- fail (printf "mode %q is not known: it is deployment or cronjob" $v.mode) }}
{{- end }}
{{- if not (has $v.database (list "sqlite" "postgres")) }}
{{- fail (printf "database %q is not known: it is sqlite or postgres" $v.database) }}
{{- end }}
{{- if and (eq $v.database "sqlite") (gt (int $v.replicas) 1) }}
{{- fail "replicas is more than 1, but SQLite state belongs to one worker: set database: postgres" }}
{{- end }}
{{- if and (eq $v.database "sqlite") (ne $v.autoscaling.kind "none") }}
{{- fail "autoscaling adds replicas, but SQLite state belongs to one worker: set database: postgres" }}
{{- end }}
{{- if and (eq $v.mode "cronjob") (ne $v.autoscaling.kind "none") }}
{{- fail "autoscaling is for mode: deployment; a CronJob runs one pod at a time" }}
{{- end }}
{{- if and (eq $v.mode "cronjob") $v.serviceMonitor.enabled }}
{{- fail "serviceMonitor is for mode: deployment; the pods of a CronJob end before anyone reads their metrics (prometheusRule watches the CronJob itself)" }}
{{- end }}
{{- if and (eq $v.database "postgres") $v.networkPolicy.enabled (not $v.networkPolicy.databasePeers) }}
{{- fail "networkPolicy.databasePeers is empty: say where PostgreSQL is, or the worker cannot reach it" }}
{{- end }}
{{- if gt (int $v.autoscaling.min) (int $v.autoscaling.max) }}
{{- fail "autoscaling.min is more than autoscaling.max" }}
{{- end }}
{{- end }}

package tests

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	monitoring "github.com/prometheus-operator/prometheus-operator/pkg/apis/monitoring/v1"
	apps "k8s.io/api/apps/v1"
	autoscaling "k8s.io/api/autoscaling/v2"
	batch "k8s.io/api/batch/v1"
	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
	policy "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/util/validation"
	"k8s.io/pod-security-admission/api"
	security "k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"
	"sigs.k8s.io/yaml"
)

// kinds are the types that rendered objects must be, with nothing more in them. What KEDA's are like is in
// testdata/keda.yaml.
var kinds = map[string]reflect.Type{
	"apps/v1 Deployment":                      reflect.TypeFor[apps.Deployment](),
	"batch/v1 CronJob":                        reflect.TypeFor[batch.CronJob](),
	"v1 ConfigMap":                            reflect.TypeFor[core.ConfigMap](),
	"v1 PersistentVolumeClaim":                reflect.TypeFor[core.PersistentVolumeClaim](),
	"v1 Pod":                                  reflect.TypeFor[core.Pod](),
	"v1 Service":                              reflect.TypeFor[core.Service](),
	"v1 ServiceAccount":                       reflect.TypeFor[core.ServiceAccount](),
	"policy/v1 PodDisruptionBudget":           reflect.TypeFor[policy.PodDisruptionBudget](),
	"networking.k8s.io/v1 NetworkPolicy":      reflect.TypeFor[networking.NetworkPolicy](),
	"autoscaling/v2 HorizontalPodAutoscaler":  reflect.TypeFor[autoscaling.HorizontalPodAutoscaler](),
	"monitoring.coreos.com/v1 ServiceMonitor": reflect.TypeFor[monitoring.ServiceMonitor](),
	"monitoring.coreos.com/v1 PrometheusRule": reflect.TypeFor[monitoring.PrometheusRule](),
	"keda.sh/v1alpha1 TriggerAuthentication":  reflect.TypeFor[map[string]any](),
	"keda.sh/v1alpha1 ScaledObject":           reflect.TypeFor[map[string]any](),
}

// decode reads an object as its own type; a key that the type does not have is an error.
func decode[T any](t *testing.T, o object) T {
	t.Helper()
	var out T
	if err := strictly(o.raw, &out); err != nil {
		t.Fatalf("%s: %v", o.template, err)
	}
	return out
}

// strictly reads as Kubernetes' own server does: a key that is not known, given twice or of another case is an error.
func strictly(raw []byte, into any) error {
	text, err := yaml.YAMLToJSONStrict(raw)
	if err != nil {
		return err
	}
	strict, err := kjson.UnmarshalStrict(text, into)
	return errors.Join(append(strict, err)...)
}

// TestStrictly: what the tests of this package would find.
func TestStrictly(t *testing.T) {
	const good = "apiVersion: apps/v1\nkind: Deployment\nspec: {replicas: 1}\n"
	for _, text := range []string{good, strings.Replace(good, "replicas", "replica", 1), strings.Replace(good, "replicas", "Replicas", 1),
		strings.Replace(good, "replicas: 1", "replicas: one", 1), good + "kind: Deployment\n"} {
		if err := strictly([]byte(text), new(apps.Deployment)); (err == nil) != (text == good) {
			t.Errorf("%s%v", text, err)
		}
	}
}

// TestObjectsAreWhatTheySay decodes every object of every case strictly, and looks at names and labels.
func TestObjectsAreWhatTheySay(t *testing.T) {
	for name, v := range cases(t) {
		seen := map[string]bool{}
		for _, o := range objects(t, v) {
			where := name + ": " + o.template + ": " + o.kind + " " + o.name
			version, _ := o.fields["apiVersion"].(string)
			kind, ok := kinds[version+" "+o.kind]
			if !ok {
				t.Errorf("%s: %s is not among the kinds this test knows", where, version)
				continue
			}
			if err := strictly(o.raw, reflect.New(kind).Interface()); err != nil {
				t.Errorf("%s: %v", where, err)
			}
			if seen[o.kind+o.name] {
				t.Errorf("%s: twice", where)
			}
			seen[o.kind+o.name] = true
			longest := map[bool]int{true: 52, false: 63}[o.kind == "CronJob"]
			if len(o.name) > longest || len(validation.IsDNS1123Label(o.name)) > 0 {
				t.Errorf("%s: not a name that Kubernetes takes", where)
			}
		}
	}
}

// pods are the pods that the objects make.
func pods(t *testing.T, all []object) map[string]core.PodTemplateSpec {
	t.Helper()
	out := map[string]core.PodTemplateSpec{}
	for _, o := range all {
		switch o.kind {
		case "Deployment":
			out[o.kind+" "+o.name] = decode[apps.Deployment](t, o).Spec.Template
		case "CronJob":
			out[o.kind+" "+o.name] = decode[batch.CronJob](t, o).Spec.JobTemplate.Spec.Template
		case "Pod":
			p := decode[core.Pod](t, o)
			out[o.kind+" "+o.name] = core.PodTemplateSpec{ObjectMeta: p.ObjectMeta, Spec: p.Spec}
		}
	}
	return out
}

// TestPodsAreRestricted asks Kubernetes' own evaluator whether a namespace with the strictest level takes the pods, and
// looks at what that level leaves open.
func TestPodsAreRestricted(t *testing.T) {
	version := api.GetAPIVersion()
	evaluator, err := security.NewEvaluator(security.DefaultChecks(), &version)
	if err != nil {
		t.Fatal(err)
	}
	strictest := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
	for name, v := range cases(t) {
		for pod, p := range pods(t, objects(t, v)) {
			for _, r := range evaluator.EvaluatePod(strictest, &p.ObjectMeta, &p.Spec) {
				if !r.Allowed {
					t.Errorf("%s: %s: %s: %s", name, pod, r.ForbiddenReason, r.ForbiddenDetail)
				}
			}
			if p.Spec.AutomountServiceAccountToken == nil || *p.Spec.AutomountServiceAccountToken {
				t.Errorf("%s: %s has a token of its service account", name, pod)
			}
			if p.Spec.EnableServiceLinks == nil || *p.Spec.EnableServiceLinks {
				t.Errorf("%s: %s gets variables of every service, which may be taken for settings", name, pod)
			}
			for _, c := range append(p.Spec.InitContainers, p.Spec.Containers...) {
				checkContainer(t, name+": "+pod+": "+c.Name, p.Spec, c)
			}
		}
	}
}

func checkContainer(t *testing.T, where string, pod core.PodSpec, c core.Container) {
	t.Helper()
	if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
		t.Errorf("%s can write to its root", where)
	}
	volumes := map[string]bool{}
	for _, v := range pod.Volumes {
		volumes[v.Name] = true
	}
	for _, m := range c.VolumeMounts {
		if m.SubPath != "" {
			t.Errorf("%s mounts %s by subPath: a rotated secret would not arrive", where, m.Name)
		}
		if !volumes[m.Name] {
			t.Errorf("%s mounts %s, which is no volume", where, m.Name)
		}
	}
	for _, e := range c.Env {
		if e.ValueFrom != nil && e.ValueFrom.SecretKeyRef != nil {
			t.Errorf("%s takes %s from a Secret as a variable: rotation would need a restart", where, e.Name)
		}
		if strings.HasPrefix(e.Value, "/etc/bareme/") && !mounted(c, e.Value) {
			t.Errorf("%s: %s names %s, where nothing is mounted", where, e.Name, e.Value)
		}
	}
}

func mounted(c core.Container, path string) bool {
	for _, m := range c.VolumeMounts {
		if strings.HasPrefix(path, m.MountPath+"/") {
			return true
		}
	}
	return false
}

// TestSelectorsSelect: every selector finds the workers, and those of services, budgets and rollouts find nothing else.
func TestSelectorsSelect(t *testing.T) {
	for name, v := range cases(t) {
		all := objects(t, v)
		for _, o := range all {
			var selector labels.Selector
			workersOnly := true
			switch o.kind {
			case "Deployment":
				selector = labels.SelectorFromSet(decode[apps.Deployment](t, o).Spec.Selector.MatchLabels)
			case "Service":
				selector = labels.SelectorFromSet(decode[core.Service](t, o).Spec.Selector)
			case "PodDisruptionBudget":
				selector = labels.SelectorFromSet(decode[policy.PodDisruptionBudget](t, o).Spec.Selector.MatchLabels)
			case "NetworkPolicy":
				selector = labels.SelectorFromSet(decode[networking.NetworkPolicy](t, o).Spec.PodSelector.MatchLabels)
				workersOnly = false
			default:
				continue
			}
			for pod, p := range pods(t, all) {
				want := !strings.HasPrefix(pod, "Pod ") || !workersOnly
				if selector.Matches(labels.Set(p.Labels)) != want {
					t.Errorf("%s: %s %s: selects %s: %t, want %t", name, o.kind, o.name, pod, !want, want)
				}
			}
		}
		monitorFindsService(t, name, all)
	}
}

func monitorFindsService(t *testing.T, name string, all []object) {
	t.Helper()
	for _, m := range all {
		if m.kind != "ServiceMonitor" {
			continue
		}
		monitor := decode[monitoring.ServiceMonitor](t, m)
		found := 0
		for _, s := range all {
			if s.kind != "Service" {
				continue
			}
			service := decode[core.Service](t, s)
			if labels.SelectorFromSet(monitor.Spec.Selector.MatchLabels).Matches(labels.Set(service.Labels)) &&
				service.Spec.Ports[0].Name == monitor.Spec.Endpoints[0].Port {
				found++
			}
		}
		if found != 1 {
			t.Errorf("%s: the ServiceMonitor finds %d services", name, found)
		}
	}
}

// TestStrategyIsSpelledOut: server-side apply refuses to turn a rolling update whose numbers are the server's defaults
// into Recreate.
func TestStrategyIsSpelledOut(t *testing.T) {
	for name, v := range cases(t) {
		for _, o := range objects(t, v) {
			if o.kind != "Deployment" {
				continue
			}
			s := decode[apps.Deployment](t, o).Spec.Strategy
			switch {
			case v["database"] == "postgres":
				if s.Type != apps.RollingUpdateDeploymentStrategyType || s.RollingUpdate == nil || s.RollingUpdate.MaxSurge == nil || s.RollingUpdate.MaxUnavailable == nil {
					t.Errorf("%s: rolling update without its numbers: %+v", name, s)
				}
			case s.Type != apps.RecreateDeploymentStrategyType || s.RollingUpdate != nil:
				t.Errorf("%s: two pods may hold the state file at once: %+v", name, s)
			}
		}
	}
}

// TestCronJobsDoNotOverlap: a run waits for the one before it.
func TestCronJobsDoNotOverlap(t *testing.T) {
	for name, v := range cases(t) {
		for _, o := range objects(t, v) {
			if o.kind != "CronJob" {
				continue
			}
			spec := decode[batch.CronJob](t, o).Spec
			if spec.ConcurrencyPolicy != batch.ForbidConcurrent || spec.TimeZone == nil || spec.JobTemplate.Spec.ActiveDeadlineSeconds == nil {
				t.Errorf("%s: %s: policy %q, time zone %v", name, o.name, spec.ConcurrencyPolicy, spec.TimeZone)
			}
		}
	}
}

// TestNotes: what is printed after an install names commands that exist, and no line is left over from a template.
func TestNotes(t *testing.T) {
	leftOver := regexp.MustCompile(`\{\{|<no value>|<nil>`)
	for name, v := range cases(t) {
		files, err := render(t, v, true)
		if err != nil {
			t.Fatal(err)
		}
		notes := files["bareme/templates/NOTES.txt"]
		if !strings.Contains(notes, "helm test bareme --namespace crm") || leftOver.MatchString(notes) {
			t.Errorf("%s:\n%s", name, notes)
		}
		if asks := v["mode"] != "cronjob"; strings.Contains(notes, "logs deploy/") != asks {
			t.Errorf("%s: names a Deployment: %t\n%s", name, !asks, notes)
		}
	}
}

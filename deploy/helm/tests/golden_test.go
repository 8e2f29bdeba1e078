package tests

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	core "k8s.io/api/core/v1"
	networking "k8s.io/api/networking/v1"
)

// golden compares with a file, or writes it.
func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != got {
		t.Errorf("%s is out of date: look at the difference, then run make chart-update\n--- got\n%s", path, got)
	}
}

// TestWhatIsInstalled tells, for each case, what an operator would want to know of it, in words.
func TestWhatIsInstalled(t *testing.T) {
	for name, v := range cases(t) {
		t.Run(name, func(t *testing.T) {
			all := objects(t, v)
			var b strings.Builder
			b.WriteString("Objects\n")
			for _, o := range all {
				fmt.Fprintf(&b, "  %s %s\n", o.kind, o.name)
			}
			templates := pods(t, all)
			for _, pod := range slices.Sorted(maps.Keys(templates)) {
				tellPod(&b, pod, templates[pod])
			}
			for _, o := range all {
				if o.kind == "NetworkPolicy" {
					tellNetwork(&b, decode[networking.NetworkPolicy](t, o))
				}
			}
			golden(t, "testdata/installed/"+name+".txt", b.String())
		})
	}
}

func tellPod(b *strings.Builder, name string, p core.PodTemplateSpec) {
	fmt.Fprintf(b, "\nPod of %s\n", name)
	for _, c := range p.Spec.InitContainers {
		tellContainer(b, "first runs", c)
	}
	for _, c := range p.Spec.Containers {
		tellContainer(b, "runs", c)
	}
	for _, v := range p.Spec.Volumes {
		fmt.Fprintf(b, "  volume %s: %s\n", v.Name, source(v))
	}
	if s := p.Spec.TerminationGracePeriodSeconds; s != nil {
		fmt.Fprintf(b, "  has %d seconds to stop\n", *s)
	}
}

func tellContainer(b *strings.Builder, verb string, c core.Container) {
	fmt.Fprintf(b, "  %s bareme %s\n    of %s\n", verb, strings.Join(c.Args, " "), c.Image)
	for _, e := range c.Env {
		fmt.Fprintf(b, "    %s=%s\n", e.Name, e.Value)
	}
	for _, m := range c.VolumeMounts {
		fmt.Fprintf(b, "    %s at %s%s\n", m.Name, m.MountPath, map[bool]string{true: ", read only"}[m.ReadOnly])
	}
}

func source(v core.Volume) string {
	switch {
	case v.ConfigMap != nil:
		return "ConfigMap " + v.ConfigMap.Name
	case v.Secret != nil:
		return "Secret " + v.Secret.SecretName
	case v.PersistentVolumeClaim != nil:
		return "claim " + v.PersistentVolumeClaim.ClaimName
	case v.EmptyDir != nil:
		return "empty, gone with the pod"
	}
	return "something else"
}

func tellNetwork(b *strings.Builder, n networking.NetworkPolicy) {
	b.WriteString("\nNetwork\n")
	for _, r := range n.Spec.Ingress {
		fmt.Fprintf(b, "  from %s to %s\n", peers(r.From), ports(r.Ports))
	}
	for _, r := range n.Spec.Egress {
		fmt.Fprintf(b, "  to %s on %s\n", peers(r.To), ports(r.Ports))
	}
	b.WriteString("  nothing else\n")
}

func peers(all []networking.NetworkPolicyPeer) string {
	var out []string
	for _, p := range all {
		switch {
		case p.IPBlock != nil && len(p.IPBlock.Except) > 0:
			out = append(out, p.IPBlock.CIDR+" without "+strings.Join(p.IPBlock.Except, " "))
		case p.IPBlock != nil:
			out = append(out, p.IPBlock.CIDR)
		case p.NamespaceSelector != nil && len(p.NamespaceSelector.MatchLabels) == 0:
			out = append(out, "any namespace")
		case p.NamespaceSelector != nil:
			out = append(out, fmt.Sprintf("namespaces with %v", p.NamespaceSelector.MatchLabels))
		case p.PodSelector != nil:
			out = append(out, fmt.Sprintf("pods with %v", p.PodSelector.MatchLabels))
		}
	}
	return strings.Join(out, ", ")
}

func ports(all []networking.NetworkPolicyPort) string {
	var out []string
	for _, p := range all {
		out = append(out, fmt.Sprintf("%s/%s", p.Port.String(), *p.Protocol))
	}
	return strings.Join(out, " ")
}

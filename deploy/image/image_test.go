package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"crypto/x509"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/validate"
)

func host(out string) options {
	return options{source: "../..", version: "v0.0.0-test", out: out, platforms: []string{"linux/" + runtime.GOARCH}}
}

// TestTwoBuildsAreEqual: every file of both builds, byte for byte.
func TestTwoBuildsAreEqual(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, two} {
		if _, err := build(t.Context(), host(dir)); err != nil {
			t.Fatal(err)
		}
	}
	a, b := sums(t, one), sums(t, two)
	if len(a) < 6 || len(a) != len(b) {
		t.Errorf("%d files and %d", len(a), len(b))
	}
	for path, sum := range a {
		if b[path] != sum {
			t.Errorf("%s differs", path)
		}
	}
	checkLayout(t, filepath.Join(one, "oci"))
	checkSBOM(t, filepath.Join(one, "sbom.cdx.json"))
}

func sums(t *testing.T, dir string) map[string][32]byte {
	t.Helper()
	out := map[string][32]byte{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		out[rel] = sha256.Sum256(raw)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// checkLayout has the library that engines use look at digests, sizes and media types.
func checkLayout(t *testing.T, dir string) {
	t.Helper()
	path, err := layout.FromPath(dir)
	if err != nil {
		t.Fatal(err)
	}
	index, err := path.ImageIndex()
	if err != nil {
		t.Fatal(err)
	}
	if err := validate.Index(index); err != nil {
		t.Error(err)
	}
}

// checkSBOM: the bill names the Go it was built with, and each module that the program's go.mod pins for its commands.
func checkSBOM(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var bom struct {
		BomFormat  string
		Components []struct{ Purl string }
	}
	if err := json.Unmarshal(raw, &bom); err != nil {
		t.Fatal(err)
	}
	all := ""
	for _, c := range bom.Components {
		all += c.Purl + "\n"
	}
	for _, want := range []string{"pkg:golang/stdlib@" + strings.TrimPrefix(runtime.Version(), "go"), "pkg:golang/github.com/spf13/cobra@v", "pkg:golang/modernc.org/sqlite@v"} {
		if !strings.Contains(all, want) {
			t.Errorf("the bill has no %s", want)
		}
	}
	if bom.BomFormat != "CycloneDX" {
		t.Errorf("format %q", bom.BomFormat)
	}
}

// TestTrusted: the roots are whole certificates, and as many as Mozilla has about.
func TestTrusted(t *testing.T) {
	pool := x509.NewCertPool()
	if raw := trusted(); !pool.AppendCertsFromPEM(raw) || bytes.Count(raw, []byte("BEGIN CERTIFICATE")) < 100 {
		t.Errorf("%d roots", bytes.Count(raw, []byte("BEGIN CERTIFICATE")))
	}
}

// TestDockerfileSaysTheSame: whoever builds with an engine gets what we build without one.
func TestDockerfileSaysTheSame(t *testing.T) {
	raw, err := os.ReadFile("Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"USER 65532:65532", `ENTRYPOINT ["/bareme"]`, `CMD ["run"]`, "ENV XDG_STATE_HOME=/var/lib", "FROM scratch"} {
		if !strings.Contains(string(raw), "\n"+line+"\n") {
			t.Errorf("the Dockerfile has no line %s", line)
		}
	}
}

// TestItRuns starts the program in nothing but the image's files: as user 65532, on a root it cannot write to, with a
// /tmp of its own, as a cluster would.
func TestItRuns(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root may enter another root: run this test with sudo")
	}
	if out, err := exec.Command("unshare", "--mount", "true").CombinedOutput(); err != nil {
		t.Skipf("this machine does not let us make a mount namespace: %v %s", err, out)
	}
	files, _, err := host("").files(t.Context(), "linux/"+runtime.GOARCH)
	if err != nil {
		t.Fatal(err)
	}
	root := filepath.Join(t.TempDir(), "root")
	if err := errors.Join(os.Mkdir(root, 0o755), os.Mkdir(root+".state", 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Chown(root+".state", 0, user), os.Chmod(root+".state", 0o775|fs.ModeSetgid)); err != nil {
		t.Fatal(err)
	}
	if err := unpack(files, root); err != nil {
		t.Fatal(err)
	}
	model, err := os.ReadFile("../../examples/bareme.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "etc", "model.yaml"), model, 0o644); err != nil {
		t.Fatal(err)
	}
	crm := sandbox(t, filepath.Join(root, "bareme"))
	for _, c := range []struct{ tmp, args, want string }{
		{"/tmp", "version", "bareme v0.0.0-test ("},
		{"/tmp", "demo --people 500", "The ten best leads"},
		{"/etc", "demo --people 500", "read-only file system"},
		{"/tmp", "decay --model /etc/model.yaml", "Met us"}, // its schedule is in Europe/Paris: without time zones it would not load
		{"/tmp", "provision --model /etc/model.yaml", "created"},
		{"/tmp", "sync --model /etc/model.yaml --accept-changes", ": done in"}, // with its state on the volume
	} {
		if out, err := inside(root, c.tmp, c.args, crm); !strings.Contains(out, c.want) {
			t.Errorf("TMPDIR=%s bareme %s: %v\n%s\nwant %s", c.tmp, c.args, err, out, c.want)
		}
	}
}

// sandbox starts a made-up CRM beside the container, and returns the setting that leads to it.
func sandbox(t *testing.T, program string) string {
	t.Helper()
	cmd := exec.Command(program, "sandbox", "hubspot", "--people", "50", "--no-limits", "--listen", "127.0.0.1:0")
	said, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(said).ReadString('\n')
	_, url, ok := strings.Cut(strings.TrimSpace(line), " at ")
	if err != nil || !ok {
		t.Fatalf("the sandbox says %q, %v", line, err)
	}
	return "BAREME_HUBSPOT_BASE_URL=" + url
}

// inside runs the program as an engine with a read-only root would, with an empty /tmp and a volume for state that is of
// root and the program's group, as Kubernetes mounts one. It is the same volume each time.
func inside(root, tmp, args, setting string) (string, error) {
	const enter = `mount --bind "$0" "$0" && mount --bind "$0.state" "$0/var/lib/bareme" && mount -o remount,ro,bind "$0" &&
		mount -t tmpfs -o mode=1777 none "$0/tmp" && exec setpriv --no-new-privs chroot --userspec=65532:65532 "$0" /bareme $1`
	cmd := exec.Command("unshare", "--mount", "sh", "-c", enter, root, args)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "TMPDIR=" + tmp, "XDG_STATE_HOME=/var/lib", "BAREME_HUBSPOT_TOKEN=pat-na1-sandbox", setting}
	out, err := cmd.CombinedOutput()
	return string(out), err
}

package chaos

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// nextVersion has a build divide runs in another way than this one.
const nextVersion = "-X github.com/bareme/bareme/worker/jobs.division=next"

// TestUpgrade has the workers of one build replaced, in the middle of a run and while more fall due, by those of another
// that divides runs differently: by the next version, and by this one again. Each time records show what they do after an
// undisturbed run, nothing was written and nobody was told twice, and each kind of run that fell due happened once.
func TestUpgrade(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the program twice more")
	}
	o := options{model: "both", people: 40, burst: 1000}
	u := &upgrade{crew: newCrew(t, o), calm: newUndisturbed(t, o)}
	next, newer := filepath.Join(u.home, "next"), filepath.Join(u.home, "newer")
	u.do(build(next, nextVersion))
	u.do(build(newer, nextVersion, u.newerLayout()))
	u.settle(u.calm.run(nil), time.Minute)
	for i, r := range []struct {
		name, to string
		leave    func(release func())
	}{
		{"the next version", next, u.stopped},
		{"back, when the run has ended", program, u.endedFirst},
		{"the next version, where this one is killed", next, u.killed},
		{"back, where the next one is killed", program, u.killed},
		{"a version with a newer layout", newer, func(release func()) { u.refused(program); u.endedFirst(release) }},
	} {
		t.Run(r.name, func(t *testing.T) {
			u.t, u.calm.t = t, t
			u.rollout(r.to, swap(i), r.leave)
		})
		if t.Failed() {
			return
		}
	}
	u.t = t
	for i := range u.replicas {
		u.stop(i)
	}
	u.leaks()
}

// upgrade is a crew whose build changes, and a world where nothing goes wrong that is given the same changes.
type upgrade struct {
	*crew
	calm  *undisturbed
	began time.Time // of the last rollout
}

// rollout has a build take over in the middle of a run's writes, when other kinds of run have just fallen due.
func (u *upgrade) rollout(build string, changes []change, leave func(release func())) {
	u.t.Helper()
	changes = slices.DeleteFunc(changes, func(c change) bool { return c.object != "contacts" }) // of each record once, so that updates can be counted
	wrote, calmly := u.updates(), u.calm.updates()
	u.began = time.Now()
	release := u.midway(changes)
	u.sql("UPDATE job_slots SET slot = slot - interval '3 years' WHERE kind IN ('rescore', 'reload')")
	u.begin(build)
	leave(release)
	want := u.calm.run(changes)
	u.settle(want, time.Minute)
	for _, kind := range []string{"rescore", "reload"} {
		const done = "SELECT count(*) FROM job_runs WHERE kind = $1 AND started >= $2 AND status = 'done'"
		u.until("parts of the "+kind+" that fell due have ended well", 2, done, kind, u.began)
	}
	u.ask()
	u.until("jobs are left", 0, "SELECT count(*) FROM river_job WHERE state <> 'completed'")
	u.settle(want, time.Minute)
	if jobs := u.jobs(); len(jobs) > 0 {
		u.t.Errorf("bareme jobs lists %v", jobs)
	}
	for _, kind := range []string{"rescore", "reload"} {
		if n := u.count("SELECT count(*) FROM job_runs WHERE kind = $1 AND started >= $2", kind, u.began); n != 2 {
			u.t.Errorf("the %s that fell due has %d parts, of 2 connections", kind, n)
		}
	}
	if is, was := u.updates()-wrote, u.calm.updates()-calmly; is != was {
		u.t.Errorf("%d updates were carried out, an undisturbed run makes %d", is, was)
	}
	if diff := cmp.Diff(u.calm.journal.crossings(), u.journal.crossings()); diff != "" {
		u.t.Errorf("who crossed differs from an undisturbed run (-want +got):\n%s", diff)
	}
}

// midway has a run of some changes come to the middle of its writes, where it stays until it is released.
func (u *upgrade) midway(changes []change) (release func()) {
	u.t.Helper()
	u.trap.arm(steps()[slices.IndexFunc(steps(), func(s step) bool { return s.name == "writing" })])
	for _, one := range changes {
		u.change(one)
	}
	u.ask()
	select {
	case h := <-u.trap.held:
		return h.release
	case <-time.After(time.Minute):
		u.t.Fatalf("no run has come to its writes within a minute\n%s", u.replicas[0].tail())
		return nil
	}
}

// ask has a worker ask what is due, as one does each minute: a sync is.
func (u *upgrade) ask() {
	u.t.Helper()
	u.sql("UPDATE job_slots SET slot = slot - interval '1 hour' WHERE kind = 'sync'")
	u.replace(0) // one that starts asks at once
	u.until("syncs were asked for", 1, "SELECT count(*) FROM job_slots WHERE kind = 'sync' AND slot > now() - interval '30 minutes'")
}

// begin starts the first worker of another build, and waits until that build leads.
func (u *upgrade) begin(build string) {
	u.t.Helper()
	u.program = build
	u.replicas = append(u.replicas, u.replica(u.state()))
	u.until("runs under way are of the build that leads", 0, "SELECT count(*) FROM job_runs WHERE finished IS NULL AND model = (SELECT model FROM job_model)")
}

// stopped has the workers of the old build asked to stop in the middle of their run.
func (u *upgrade) stopped(release func()) {
	u.t.Helper()
	release()
	u.relieve(u.stop)
}

// endedFirst has them end their run before: its parts are not done by the new build, which leads.
func (u *upgrade) endedFirst(release func()) {
	u.t.Helper()
	release()
	u.until("parts of the old build's run are under way", 0, "SELECT count(*) FROM job_runs WHERE finished IS NULL AND model <> (SELECT model FROM job_model)")
	if n := u.count("SELECT count(*) FROM job_runs WHERE finished IS NOT NULL AND status <> 'done' AND started >= $1", u.began); n > 0 {
		u.t.Errorf("%d parts of it were given up, although there were workers of its build", n)
	}
	u.relieve(u.stop)
}

// killed has them killed at one blow, where the deployment's first new worker is there.
func (u *upgrade) killed(release func()) {
	u.t.Helper()
	for _, r := range u.replicas[:replicas] {
		r.kill()
	}
	release()
	u.relieve(func(int) {})
}

// relieve has workers of the new build take the place of those of the old, one by one.
func (u *upgrade) relieve(leave func(i int)) {
	u.t.Helper()
	for i := range replicas {
		leave(i)
		if i < replicas-1 {
			u.replicas[i] = u.replica(u.state())
		}
	}
	u.replicas[replicas-1], u.replicas = u.replicas[replicas], u.replicas[:replicas]
}

// refused starts a worker of a build whose database has changed too much for it: it says so, and ends.
func (u *upgrade) refused(build string) {
	u.t.Helper()
	late := u.command(u.state(), "run")
	late.Path = build
	said, err := late.CombinedOutput()
	if code := late.ProcessState.ExitCode(); err == nil || code != 1 {
		u.t.Errorf("it ended with code %d", code)
	}
	if words := "was brought up to date by a newer version (layout"; !strings.Contains(string(said), words) || !strings.Contains(string(said), "update bareme") {
		u.t.Errorf("it does not say %q: %s", words, said)
	}
}

// until waits until a query counts so many.
func (u *upgrade) until(what string, n int, query string, args ...any) {
	u.t.Helper()
	is := -1
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if is = u.count(query, args...); is == n {
			return
		}
	}
	u.t.Fatalf("after a minute, %d %s; want %d\n%s", is, what, n, u.replicas[len(u.replicas)-1].tail())
}

// jobs is what bareme jobs lists.
func (u *upgrade) jobs() (list []struct{ Stage, State, Error string }) {
	u.t.Helper()
	out, err := u.command(u.state(), "jobs", "-o", "json").Output()
	u.do(err)
	u.do(json.Unmarshal(out, &list))
	return list
}

// newerLayout is the flag with which a build has one more table.
func (u *upgrade) newerLayout() (flag string) {
	u.t.Helper()
	folder, err := filepath.Abs("../store/postgres")
	u.do(err)
	source, err := os.ReadFile(filepath.Join(folder, "schema.go"))
	u.do(err)
	has, err := filepath.Glob(filepath.Join(folder, "migrations/*.sql"))
	u.do(err)
	layout := regexp.MustCompile(`(layout\s*= )\d+`)
	files := map[string]string{
		filepath.Join(folder, "schema.go"):                                             layout.ReplaceAllString(string(source), fmt.Sprint("${1}", len(has)+1)),
		filepath.Join(folder, "migrations", fmt.Sprintf("%05d_newer.sql", len(has)+1)): "-- +goose Up\nCREATE TABLE newer (id integer);\n",
	}
	overlay := map[string]string{}
	for path, text := range files {
		overlay[path] = filepath.Join(u.home, filepath.Base(path))
		u.do(os.WriteFile(overlay[path], []byte(text), 0o600))
	}
	text, err := json.Marshal(map[string]any{"Replace": overlay})
	u.do(err)
	u.do(os.WriteFile(filepath.Join(u.home, "overlay.json"), text, 0o600))
	return "-overlay=" + filepath.Join(u.home, "overlay.json")
}

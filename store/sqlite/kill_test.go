package sqlite_test

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/bareme/bareme/crm"
	"github.com/bareme/bareme/store/sqlite"
	"github.com/bareme/bareme/worker"
)

// TestMain turns the test binary into the victim of TestKill when asked to.
func TestMain(m *testing.M) {
	if path := os.Getenv("BAREME_TEST_VICTIM"); path != "" {
		victim(path)
		return
	}
	os.Exit(m.Run())
}

const killPage = 50

// victim saves pages until it is killed, and says so after each: page n holds the people n*killPage …, the activity
// with the same number, and both cursors say n.
func victim(path string) {
	s, err := sqlite.Open(bg, path)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for n := last(s); ; n++ {
		page := worker.RecordPage{Connection: conn, Object: crm.People, Changed: people(n*killPage, killPage, 1), Cursor: crm.Cursor(strconv.Itoa(n))}
		err := s.SaveRecords(bg, page)
		work := activities(n*killPage, killPage, 1)
		work.Cursor = page.Cursor
		_, err2 := s.SaveActivities(bg, work)
		err3 := written(s, n*killPage, killPage)
		if err := errors.Join(err, err2, err3); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(n)
	}
}

// last is the page the cursor stands for. It is done again: what belongs to it may be half done.
func last(s *sqlite.Store) int {
	cursor, _, err := s.Cursor(bg, conn, crm.People)
	if err != nil {
		panic(err)
	}
	n, err := strconv.Atoi(string(cursor))
	if err != nil {
		return 0 // nothing yet
	}
	return n
}

// TestKill kills a process that writes, at random moments, twenty times over the same file. Each time the lock is free,
// the file is sound, nothing that was reported stored is lost, and cursors agree with data.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	path := filepath.Join(t.TempDir(), "bareme.db")
	random := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		said := kill(t, path, 1+random.IntN(4), random.IntN(20))
		s := open(t, path)
		check(t, s.Verify(bg))
		agrees(t, s, said)
		check(t, s.Close())
	}
}

// kill starts a victim, lets it say so many pages and work for a while more, kills it, and returns the last page it said.
func kill(t *testing.T, path string, pages, more int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "BAREME_TEST_VICTIM="+path)
	out, err := cmd.StdoutPipe()
	check(t, err)
	check(t, cmd.Start())
	said := -1
	lines := bufio.NewScanner(out)
	for range pages {
		if !lines.Scan() {
			t.Fatal("the victim ended by itself")
		}
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("the victim says: %s", lines.Text())
		}
		said = n
	}
	for range more * 1000 { // a moment inside the next page, without a clock
		_ = random()
	}
	check(t, cmd.Process.Kill())
	for lines.Scan() {
		if n, err := strconv.Atoi(lines.Text()); err == nil {
			said = n
		}
	}
	if err := cmd.Wait(); err == nil {
		t.Fatal("the victim was not killed")
	}
	return said
}

func random() uint64 { return rand.Uint64() }

// agrees checks that exactly the pages up to each cursor are there.
func agrees(t *testing.T, s *sqlite.Store, said int) {
	t.Helper()
	pagesOf := func(object string) int {
		cursor, _, err := s.Cursor(bg, conn, object)
		check(t, err)
		n, err := strconv.Atoi(string(cursor))
		check(t, err)
		return n + 1
	}
	saved, linked := pagesOf(crm.People), pagesOf(crm.Meetings)
	counts, err := s.Tally(bg, worker.PeopleOf(conn))
	check(t, err)
	if saved-1 < said || linked-1 < said || counts.Mapped < (said+1)*killPage {
		t.Errorf("page %d was said to be stored, but there are %d pages of people, %d of activity, %d mapped", said, saved, linked, counts.Mapped)
	}
	if counts.People != saved*killPage {
		t.Errorf("%d people in %d pages", counts.People, saved)
	}
	n, ids := 0, make([]string, killPage)
	for page := range linked + 1 {
		for i := range ids {
			ids[i] = activities(page*killPage, killPage, 1).Changed[i].ID
		}
		known, err := s.Known(bg, conn, crm.Meetings, ids)
		check(t, err)
		n += len(known)
	}
	if n != linked*killPage {
		t.Errorf("%d activities in %d pages", n, linked)
	}
	if saved != linked && saved != linked+1 {
		t.Errorf("%d pages of people and %d of activity", saved, linked)
	}
	pending, err := s.Pending(bg, worker.PeopleOf(conn), "", 1<<20, t0)
	check(t, err)
	if rest := len(pending); rest != 0 && rest != killPage {
		t.Errorf("half a page of updates waits: %d", rest)
	}
}

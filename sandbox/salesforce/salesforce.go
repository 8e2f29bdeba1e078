// Package salesforce is a simulated Salesforce org: an http.Handler with the org's data in memory, close enough to the
// real service that a client cannot tell where it matters. It hands out tokens, describes objects with field-level
// security, answers SOQL, writes records by REST, collections, composite and bulk files through one path with all the
// org's rules, counts requests against the day's quota, and can be told to misbehave.
//
// It shares no code with the connector it tests. What it supports is listed in sandbox/README.md.
package salesforce

import (
	"math/rand/v2"
	"strings"
	"sync"
	"time"

	"github.com/bareme/bareme/sandbox/internal/scene"
)

// Options say what a simulated org is like. The zero value is an empty Developer Edition org.
type Options struct {
	Seed      int64 // of the population: the same seed, sizes and moment give the same org, and the people of the HubSpot sandbox
	People    int   // of the population; about half of them are in this org
	Companies int   // 0: a tenth of People

	Now            func() time.Time // the org's clock; nil: time.Now
	Latency        time.Duration    // added to every answer
	Limits         Limits           // zero: 15,000 requests in any 24 hours, 5 long ones at once
	Session        time.Duration    // how long a session lives unused; 0: two hours
	PersonAccounts bool             // the org has person accounts
	Individuals    bool             // Data Protection and Privacy is on: people may have an Individual
	DuplicateRules bool             // duplicate rules refuse unless told to allow

	OrgID        string // 0: 00DQy0000000001MAA
	ClientID     string // of the connected app; "": sandbox-client
	ClientSecret string // "": sandbox-secret
	RefreshToken string // "": sandbox-refresh
	PublicKey    []byte // PEM, certificate or public key that signs JWT bearer assertions; nil: see Sandbox.SigningKey
}

// Request is a line of the request log.
type Request = scene.Request

// Phase is a moment in the life of a request.
type Phase = scene.Phase

// Before: nothing has happened yet. After: the work is done, the answer is not sent yet.
const (
	Before = scene.Before
	After  = scene.After
)

// Sandbox is one simulated org. It is safe for use by many goroutines.
type Sandbox struct {
	*scene.Scene

	orgID string

	mu             sync.RWMutex // guards the data
	objects        map[string]*object
	order          []*object
	access         access
	regrantDue     bool
	rules          []Rule
	rowFaults      []*rowFault
	locks          map[string]int
	lockShare      float64
	lockedBefore   map[string]int
	chance         *rand.Rand
	duplicateRules bool
	personAccounts bool
	schemaChanged  time.Time
	seed           int64
	drifts         int
	customs        uint64          // custom fields made so far
	tracked        map[*field]bool // whose changes are kept
	private        bool            // users see only the records they own
	workerID       string
	adminID        string
	queue          string
	assignTo       string // the owner that the lead assignment rule gives

	bulk bulk // has a lock of its own

	gate       sync.Mutex // guards what follows
	auth       auth
	quota      quota
	cursors    map[string]*cursor
	nextCursor uint64
	inFlight   map[*call]struct{}
}

// New builds an org and fills it.
func New(o Options) *Sandbox {
	all, err := readObjects(objectsText)
	if err != nil {
		all = nil // cannot happen: a test reads objects.txt
	}
	s := &Sandbox{Scene: scene.New(o.Now, o.Latency, ownFaults()...), orgID: o.OrgID, seed: o.Seed, objects: map[string]*object{}, order: all, access: newAccess(),
		tracked: map[*field]bool{}, locks: map[string]int{}, lockedBefore: map[string]int{}, chance: rand.New(rand.NewPCG(uint64(o.Seed), 7)),
		duplicateRules: o.DuplicateRules, personAccounts: o.PersonAccounts, cursors: map[string]*cursor{},
		quota: newQuota(o.Limits), inFlight: map[*call]struct{}{}, bulk: newBulk()}
	if s.orgID == "" {
		s.orgID = recordID("00D", 1)
	}
	for i, x := range all {
		if x.tracks != "" {
			x.next += uint64(i) * 1_000_000_000 // their ids share a prefix
		}
		s.objects[strings.ToLower(x.name)] = x
	}
	if s.personAccounts {
		s.addPersonFields()
	}
	if o.Individuals {
		s.addIndividuals()
	}
	s.found()
	s.auth = newAuth(o, s.worker())
	s.populate(o)
	s.mu.Lock()
	s.regrant()
	s.mu.Unlock()
	return s
}

// OrgID is the 18-character id of the org.
func (s *Sandbox) OrgID() string { return s.orgID }

package hubspot_test

import (
	"runtime"
	"testing"
	"time"

	"github.com/bareme/bareme/sandbox/hubspot"
)

func BenchmarkLarge(b *testing.B) {
	for range b.N {
		start := time.Now()
		s := hubspot.New(hubspot.Options{People: 200_000, Seed: 1, Limits: hubspot.Limits{Off: true}})
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.Log(time.Since(start), m.HeapAlloc>>20, "MB")
		runtime.KeepAlive(s)
	}
}

package memory_test

import (
	"testing"

	"github.com/bareme/bareme/store/memory"
	"github.com/bareme/bareme/store/storetest"
	"github.com/bareme/bareme/worker"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(testing.TB) storetest.State {
		s := memory.New()
		return storetest.State{Open: func(testing.TB) worker.Store { return s }}
	})
}

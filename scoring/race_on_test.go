//go:build race

package scoring

// raceDetector: it makes sync.Pool forget at random, so that counting allocations says nothing.
const raceDetector = true

package mapping

import (
	"cmp"
	"encoding/binary"
	"math"
	"slices"
	"time"
)

// remembered is what is kept of one counter between two pulls.
type remembered struct {
	key     uint32
	count   uint64   // as last seen
	last    int64    // the last date up to which growth is accounted for, 0 when none
	undated uint64   // events without a date
	buckets []bucket // dated events, oldest first
}

// bucket is a number of events at one moment.
type bucket struct {
	at int64 // Unix milliseconds, never 0
	n  uint64
}

// maxBuckets bounds what is remembered of one counter of one person.
const maxBuckets = 64

// add puts n events at a moment, merging old ones when there are too many moments.
func (r *remembered) add(at int64, n uint64) {
	if at == 0 {
		at = 1 // 0 stands for "undated" in scoring
	}
	i, found := slices.BinarySearchFunc(r.buckets, at, func(b bucket, at int64) int { return cmp.Compare(b.at, at) })
	if found {
		r.buckets[i].n += n
		return
	}
	r.buckets = slices.Insert(r.buckets, i, bucket{at, n})
	if len(r.buckets) > maxBuckets {
		r.merge()
	}
}

// merge joins the two neighbours that lie closest together for their age, at the older date: recent events stay exact,
// old ones get coarse, none is lost, and none looks younger than it is.
func (r *remembered) merge() {
	newest := r.buckets[len(r.buckets)-1].at
	best, closest := 0, math.Inf(1)
	for i := range len(r.buckets) - 2 {
		gap, age := r.buckets[i+1].at-r.buckets[i].at, newest-r.buckets[i].at
		if closeness := float64(gap) / float64(age); closeness < closest {
			best, closest = i, closeness
		}
	}
	r.buckets[best].n += r.buckets[best+1].n
	r.buckets = slices.Delete(r.buckets, best+1, best+2)
}

// forget drops dated events older than retain; 0 keeps all.
func (r *remembered) forget(retain time.Duration, seen time.Time) {
	if retain <= 0 {
		return
	}
	limit := seen.Add(-retain).UnixMilli()
	r.buckets = slices.DeleteFunc(r.buckets, func(b bucket) bool { return b.at < limit })
}

// memoryFormat is the first byte of every memory; another one is not ours to read.
const memoryFormat = 1

func encodeMemory(all []remembered) []byte {
	out := []byte{memoryFormat}
	for _, r := range all {
		out = binary.LittleEndian.AppendUint32(out, r.key)
		out = binary.AppendUvarint(out, r.count)
		out = binary.AppendVarint(out, r.last)
		out = binary.AppendUvarint(out, r.undated)
		out = binary.AppendUvarint(out, uint64(len(r.buckets)))
		at := int64(0)
		for _, b := range r.buckets {
			out = binary.AppendVarint(out, b.at-at)
			out = binary.AppendUvarint(out, b.n)
			at = b.at
		}
	}
	return out
}

// decodeMemory reads what encodeMemory wrote, and nothing of anything else.
func decodeMemory(memory []byte) []remembered {
	if len(memory) == 0 || memory[0] != memoryFormat {
		return nil
	}
	d := decoder{rest: memory[1:]}
	var all []remembered
	for len(d.rest) > 0 && !d.bad {
		r := remembered{key: d.uint32(), count: d.uvarint(), last: d.varint(), undated: d.uvarint()}
		n := d.uvarint()
		if n > maxBuckets || r.count > math.MaxUint32 {
			return nil
		}
		at := int64(0)
		for range n {
			before := at
			at += d.varint()
			b := bucket{at, d.uvarint()}
			if b.at == 0 || b.n == 0 || len(r.buckets) > 0 && b.at <= before {
				return nil
			}
			r.buckets = append(r.buckets, b)
		}
		all = append(all, r)
	}
	if d.bad {
		return nil
	}
	return all
}

type decoder struct {
	rest []byte
	bad  bool
}

func (d *decoder) uint32() uint32 {
	if len(d.rest) < 4 {
		d.rest, d.bad = nil, true
		return 0
	}
	v := binary.LittleEndian.Uint32(d.rest)
	d.rest = d.rest[4:]
	return v
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.rest)
	d.skip(n)
	return v
}

func (d *decoder) skip(n int) {
	if n <= 0 {
		d.rest, d.bad = nil, true
		return
	}
	d.rest = d.rest[n:]
}

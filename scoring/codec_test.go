package scoring

import (
	"bytes"
	"errors"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"
)

// sameSubject compares subjects with NaN equal to itself.
func sameSubject(a, b Subject) string {
	return cmp.Diff(a, b, cmpopts.EquateNaNs(), cmpopts.EquateEmpty())
}

func TestSubjectRoundTrip(t *testing.T) {
	var reused Subject
	rapid.Check(t, func(t *rapid.T) {
		s := drawAnySubject(t)
		blob, err := s.AppendBinary([]byte("before"))
		if err != nil {
			t.Fatal(err)
		}
		blob = blob[len("before"):]
		for _, into := range []*Subject{{}, &reused} {
			if err := into.UnmarshalBinary(blob); err != nil {
				t.Fatal(err)
			}
			if diff := sameSubject(s, *into); diff != "" {
				t.Fatal(diff)
			}
			again, err := into.AppendBinary(nil)
			if err != nil || !bytes.Equal(again, blob) {
				t.Fatalf("other bytes the second time: %x, %x, %v", blob, again, err)
			}
		}
	})
}

// drawAnySubject has values of every type and every form, not only sensible ones.
func drawAnySubject(t *rapid.T) Subject {
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{
		0, math.Copysign(0, -1), 1, -1, 0.5, 1 << 53, 1<<53 + 2, -1 << 62, math.NaN(), math.Inf(1), math.Inf(-1), math.MaxFloat64,
	}))
	value := rapid.Custom(func(t *rapid.T) Value {
		switch typ := Type(rapid.IntRange(0, int(Money)).Draw(t, "type")); typ {
		case Unknown:
			return Value{}
		case Text:
			return Value{Type: Text, Str: rapid.String().Draw(t, "text")}
		case Bool:
			return Value{Type: Bool, Num: float64(rapid.IntRange(0, 1).Draw(t, "bool"))}
		case List:
			return Value{Type: List, List: rapid.SliceOf(rapid.String()).Draw(t, "list")}
		default:
			return Value{Type: typ, Num: number.Draw(t, "number"), Estimated: typ == Date && rapid.Bool().Draw(t, "estimated")}
		}
	})
	event := rapid.Custom(func(t *rapid.T) Event {
		at := rapid.OneOf(rapid.Int64(), rapid.Just(int64(0)), rapid.Int64Range(1.7e12, 1.9e12)).Draw(t, "at")
		return Event{Kind: rapid.Uint16().Draw(t, "kind"), Count: rapid.Uint32().Draw(t, "count"), At: at, Amount: number.Draw(t, "amount")}
	})
	return Subject{Values: rapid.SliceOf(value).Draw(t, "values"), Events: rapid.SliceOf(event).Draw(t, "events")}
}

func TestSubjectBadBytes(t *testing.T) {
	whole, err := (&Subject{Values: []Value{{Type: Text, Str: "vp"}, {Type: List, List: []string{"a"}}}, Events: []Event{{Count: 3, At: 7, Amount: 0.5}}}).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	bad := map[string][]byte{
		"nothing": nil, "another version": append([]byte{9}, whole[1:]...), "more after the end": append(bytes.Clone(whole), 0),
		"a huge count": {encodingVersion, 0xff, 0xff, 0xff, 0xff, 0x0f}, "a huge text": {encodingVersion, 1, byte(Text), 0xff, 0xff, 0x7f},
		"an endless number": append([]byte{encodingVersion}, bytes.Repeat([]byte{0xff}, 20)...), "no such type": {encodingVersion, 1, 15, 0},
	}
	for i := range whole {
		bad["cut"+string(rune('a'+i))] = whole[:i]
	}
	for name, b := range bad {
		s := Subject{Values: make([]Value, 3), Events: make([]Event, 3)}
		if err := s.UnmarshalBinary(b); !errors.Is(err, ErrEncoding) || len(s.Values)+len(s.Events) > 0 {
			t.Errorf("%s: %v, %+v", name, err, s)
		}
	}
	if _, err := (&Subject{Values: []Value{{Type: 99}}}).AppendBinary(nil); err == nil {
		t.Error("a type that does not exist was encoded")
	}
}

// FuzzSubject: any bytes give a subject that encodes to something equal, or ErrEncoding.
func FuzzSubject(f *testing.F) {
	s := fuzzSubject(12.5, "director", true)
	blob, err := s.AppendBinary(nil)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(blob)
	f.Add([]byte{encodingVersion, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var s, again Subject
		if err := s.UnmarshalBinary(b); err != nil {
			if !errors.Is(err, ErrEncoding) {
				t.Fatal(err)
			}
			return
		}
		blob, err := s.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.UnmarshalBinary(blob); err != nil {
			t.Fatal(err)
		}
		if diff := sameSubject(s, again); diff != "" {
			t.Fatal(diff)
		}
	})
}

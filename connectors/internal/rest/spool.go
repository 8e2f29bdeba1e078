package rest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"

	"github.com/bareme/bareme/crm"
)

// Spool is an answer too large for memory, in a file that nobody else can open and that is gone when it is closed.
type Spool struct {
	*os.File
	path string // "" when the file has lost its name already
}

// Close closes the file and removes it.
func (s *Spool) Close() error {
	err := s.File.Close()
	if s.path != "" {
		err = errors.Join(err, os.Remove(s.path))
	}
	return err
}

// drop closes a file nobody wants any more.
func (s *Spool) drop() {
	if s != nil {
		_ = s.Close() // what remains is a file in the system's own temporary folder
	}
}

// headOfSpool is how much of a spooled answer is kept beside the file, to see what it is.
const headOfSpool = 512

// newSpool makes the file. Where the system allows it, it loses its name at once: not even a crash leaves it behind.
func newSpool() (*Spool, error) {
	f, err := os.CreateTemp("", "bareme-*")
	if err != nil {
		return nil, err
	}
	s := &Spool{File: f, path: f.Name()}
	if os.Remove(s.path) == nil {
		s.path = ""
	}
	return s, nil
}

// spool reads the whole answer into a file.
func (x *exchange) spool(ctx context.Context, resp *http.Response) (*http.Response, error) {
	file, err := newSpool()
	if err != nil {
		return nil, errors.Join(&stopError{x.noSpace(err)}, resp.Body.Close())
	}
	source := &faultReader{r: resp.Body}
	_, err = io.Copy(file.File, source)
	if closeErr := resp.Body.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	var head [headOfSpool]byte
	n := 0
	if err == nil {
		n, err = file.ReadAt(head[:], 0)
		if errors.Is(err, io.EOF) {
			err = nil
		}
	}
	if err != nil {
		file.drop()
		if source.err != nil {
			return nil, timedOut(ctx, &cutError{source.err})
		}
		return nil, &stopError{x.noSpace(err)}
	}
	x.answer.Status, x.answer.Header, x.answer.Body, x.answer.File = resp.StatusCode, resp.Header, bytes.Clone(head[:n]), file
	resp.Body = http.NoBody
	return resp, nil
}

func (x *exchange) noSpace(err error) error {
	return &crm.Error{Kind: crm.ErrInvalid, Op: x.req.Op, Object: x.req.Object, Message: "the answer cannot be kept in a temporary file",
		Hint: "Check the free space of the temporary folder (TMPDIR)", Err: err}
}

// faultReader tells a fault of the network from one of the disk.
type faultReader struct {
	r   io.Reader
	err error
}

// Read passes on what the network brings.
func (f *faultReader) Read(p []byte) (int, error) {
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		f.err = err
	}
	return n, err
}

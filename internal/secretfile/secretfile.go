// Package secretfile reads secrets from files that are replaced while the program runs, as Kubernetes and secret managers
// do with mounted ones.
package secretfile

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/sirupsen/logrus"
)

// File is a secret in a file. Its zero value but for Path is ready; it may be used by several goroutines.
type File struct {
	Path string
	// Check says what is wrong with a content, without repeating any of it; nil takes whatever is not empty.
	Check func(text string) error
	// Warn hears once when the file stops being readable and the last good content is used in its place, and once more
	// when that happens again after it was well. nil: nobody is told.
	Warn func(err error)

	mu   sync.Mutex
	last string
	ill  bool
}

// Warn is a File's Warn that logs, with the setting that names the file.
func Warn(log *logrus.Entry, setting string) func(error) {
	return func(err error) {
		log.WithError(err).WithField("setting", setting).Warn("the secret's file cannot be used; what it held before is")
	}
}

// ErrEmpty is a file with nothing in it.
var ErrEmpty = errors.New("the file is empty")

// Read returns what the file holds now, without the white space around it. A file that has gone, is empty or does not
// pass Check leaves the content before it in use, because a secret that was good a moment ago mostly still is; without
// one, that is the error.
func (f *File) Read() (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	text, err := f.read()
	if err == nil {
		f.last, f.ill = text, false
		return text, nil
	}
	if f.last == "" {
		return "", err
	}
	if !f.ill && f.Warn != nil {
		f.Warn(err)
	}
	f.ill = true
	return f.last, nil
}

func (f *File) read() (string, error) {
	raw, err := os.ReadFile(f.Path)
	if err != nil {
		return "", fmt.Errorf("cannot read the file: %w", err)
	}
	text := strings.TrimSpace(string(raw))
	if text == "" {
		return "", fmt.Errorf("%w: %s", ErrEmpty, f.Path)
	}
	if f.Check != nil {
		if err := f.Check(text); err != nil {
			return "", err
		}
	}
	return text, nil
}

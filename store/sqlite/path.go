package sqlite

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

// DefaultPath is where the state file lives when nobody says otherwise: the platform's directory for state of one user.
// getenv and goos are os.Getenv and runtime.GOOS, given so that every platform can be tested on any.
func DefaultPath(getenv func(string) string, goos string) (string, error) {
	dir, err := stateDirectory(getenv, goos)
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "bareme", "bareme.db"), nil
}

func stateDirectory(getenv func(string) string, goos string) (string, error) {
	home := getenv("HOME")
	switch goos {
	case "windows":
		if dir := getenv("LocalAppData"); dir != "" {
			return dir, nil
		}
		return "", errors.New("no place for the state file: LocalAppData is not set. Set it, or name a file with --state")
	case "darwin":
		if home != "" {
			return filepath.Join(home, "Library", "Application Support"), nil
		}
	default:
		// The XDG rules have relative paths ignored.
		if dir := getenv("XDG_STATE_HOME"); filepath.IsAbs(dir) {
			return dir, nil
		}
		if home != "" {
			return filepath.Join(home, ".local", "state"), nil
		}
	}
	return "", errors.New("no place for the state file: HOME is not set. Set it, or name a file with --state")
}

// prepare makes the directory and an empty file only the owner can read: state holds personal data. SQLite gives its
// companion files (-wal, -shm) the permissions of the database.
func prepare(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return refused(path, "cannot create the state directory "+dir, err)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return refused(path, "cannot write the state file "+path, err)
	}
	defer func() { _ = f.Close() }() // nothing was written
	if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o077 != 0 {
		// A file copied here may be readable by others. Where permissions do not exist this has no effect.
		_ = f.Chmod(0o600)
	}
	return nil
}

// refused is what the operating system would not do with a file or a directory.
func refused(path, what string, err error) error {
	if errors.Is(err, syscall.ENOSPC) {
		return full(path, err)
	}
	return &fault{text: what + ": " + reason(err) + ". Name a file you may write with --state", err: err}
}

// reason is the cause of a file error without the path, which the sentence around it already names.
func reason(err error) string {
	if pathErr, ok := errors.AsType[*os.PathError](err); ok {
		return pathErr.Err.Error()
	}
	return err.Error()
}

package sqlite

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
)

// What is deleted is overwritten with zeros (secure_delete), but that is not all there is of it: when SQLite splits or
// joins pages it moves rows, and leaves their old bytes in the unused middle of a page, where nothing reads or zeroes
// them. So after people were forgotten, every page's unused bytes are zeroed here, through SQLite's own page table and in
// transactions like any other. Rewriting the whole file (VACUUM) would do as well at many times the cost.

// markErased notes, in the transaction that forgets, that the file is to be scrubbed: a crash in between forgets nothing.
func (t *tx) markErased() error {
	_, err := t.exec("INSERT INTO notes (conn, name, value) VALUES (0, 'erased', '') ON CONFLICT DO NOTHING")
	return err
}

// scrubAtOnce is how many pages are cleaned in one transaction.
const scrubAtOnce = 256

// scrub removes the traces of what was forgotten since the last time; nothing happens when nothing was. An error leaves
// the mark in place, so that the next call does it.
func (s *Store) scrub(ctx context.Context) error {
	var marked int
	if err := s.read.QueryRowContext(ctx, "SELECT count(*) FROM notes WHERE conn = 0 AND name = 'erased'").Scan(&marked); err != nil || marked == 0 {
		return err
	}
	soiled, err := s.soiled(ctx)
	if err != nil {
		return err
	}
	for len(soiled) > 0 {
		n := min(scrubAtOnce, len(soiled))
		if err := s.withWriter(ctx, func(w *writer) error {
			return w.transaction(ctx, func() error { return w.wipe(soiled[:n]) })
		}); err != nil {
			return err
		}
		soiled = soiled[n:]
	}
	return s.withWriter(ctx, func(w *writer) error {
		// The log still holds pages as they were. While others read it cannot be emptied: then the mark stays.
		var busy, frames, moved int64
		if err := w.conn.QueryRowContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)").Scan(&busy, &frames, &moved); err != nil || busy != 0 {
			return err
		}
		_, err := w.exec("DELETE FROM notes WHERE conn = 0 AND name = 'erased'")
		return err
	})
}

// soiled lists the pages with something in their unused bytes. It reads beside the writer: pages soiled meanwhile are
// soiled with rows that live, for the forgotten ones are deleted already.
func (s *Store) soiled(ctx context.Context) (pages []int64, err error) {
	var vacuum int
	if err := s.read.QueryRowContext(ctx, "PRAGMA auto_vacuum").Scan(&vacuum); err != nil {
		return nil, err
	}
	if vacuum != 0 {
		return nil, errAutoVacuum
	}
	rows, err := s.read.QueryContext(ctx, "SELECT pgno, data FROM sqlite_dbpage")
	err = eachRow(rows, err, func(rows *sql.Rows) error {
		var number int64
		var data sql.RawBytes
		if err := rows.Scan(&number, &data); err != nil {
			return err
		}
		for _, gap := range unused(number, data) {
			if !zero(gap) {
				pages = append(pages, number)
				break
			}
		}
		return nil
	})
	return pages, err
}

// errAutoVacuum: such a file has map pages that look like others. We never make one.
var errAutoVacuum = errors.New("the state file was rebuilt with auto_vacuum: rebuild it without")

// wipe zeroes the unused bytes of some pages.
func (w *writer) wipe(pages []int64) error {
	for _, number := range pages {
		var data []byte
		if err := w.each("SELECT data FROM sqlite_dbpage WHERE pgno = ?", []any{number}, func(rows *sql.Rows) error {
			return rows.Scan(&data)
		}); err != nil {
			return err
		}
		for _, gap := range unused(number, data) {
			clear(gap)
		}
		if _, err := w.exec("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?", data, number); err != nil {
			return err
		}
	}
	return nil
}

// unused returns the parts of a page that hold nothing: the gap between the list of cells and the cells, and the insides
// of free blocks. Pages that are not part of a tree begin with the number of another page, whose first byte is zero in
// files below 128 GB; free pages were zeroed when they became free. https://www.sqlite.org/fileformat.html section 1.6
func unused(number int64, page []byte) [][]byte {
	const fileHeader = 100
	at := 0
	if number == 1 {
		at = fileHeader
	}
	if len(page) < 512 {
		return nil
	}
	header := 8
	switch page[at] {
	case 2, 5: // inner pages have a right-most pointer
		header = 12
	case 10, 13:
	default:
		return nil
	}
	word := func(i int) int { return int(binary.BigEndian.Uint16(page[i:])) }
	begin, end := at+header+2*word(at+3), word(at+5)
	if end == 0 {
		end = 1 << 16
	}
	if begin > end || end > len(page) {
		return nil // damaged: not ours to touch
	}
	gaps := [][]byte{page[begin:end]}
	for block := word(at + 1); block >= end && block+4 <= len(page); {
		next, size := word(block), word(block+2)
		if size < 4 || block+size > len(page) {
			return nil
		}
		gaps = append(gaps, page[block+4:block+size])
		if next <= block {
			break // they are in order; 0 ends the list
		}
		block = next
	}
	return gaps
}

var zeros [4096]byte

func zero(b []byte) bool {
	for len(b) > len(zeros) {
		if !bytes.Equal(b[:len(zeros)], zeros[:]) {
			return false
		}
		b = b[len(zeros):]
	}
	return bytes.Equal(b, zeros[:len(b)])
}

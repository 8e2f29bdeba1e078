package main

import (
	"sync"

	"github.com/bareme/bareme/sandbox/hubspot"
)

// boxes finds the sandbox of the script that runs in a folder.
var boxes = folderBoxes{by: map[string]*hubspot.Sandbox{}}

type folderBoxes struct {
	mu sync.Mutex
	by map[string]*hubspot.Sandbox
}

func (b *folderBoxes) put(folder string, box *hubspot.Sandbox) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by[folder] = box
}

func (b *folderBoxes) get(folder string) *hubspot.Sandbox {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.by[folder]
}

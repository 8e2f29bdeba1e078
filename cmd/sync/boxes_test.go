package main

import (
	"sync"

	"github.com/bareme/bareme/sandbox/hubspot"
	"github.com/bareme/bareme/sandbox/salesforce"
)

// boxes finds the HubSpot sandbox of the script that runs in a folder, orgs its Salesforce sandbox.
var (
	boxes = folderBoxes[hubspot.Sandbox]{by: map[string]*hubspot.Sandbox{}}
	orgs  = folderBoxes[salesforce.Sandbox]{by: map[string]*salesforce.Sandbox{}}
)

type folderBoxes[T any] struct {
	mu sync.Mutex
	by map[string]*T
}

func (b *folderBoxes[T]) put(folder string, box *T) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by[folder] = box
}

func (b *folderBoxes[T]) get(folder string) *T {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.by[folder]
}

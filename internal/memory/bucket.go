package memory

import (
	"context"
	"fmt"
	"time"

	"waybill/internal/fault"
	"waybill/internal/purge"
	"waybill/internal/upload"
)

// Bucket is the staging bucket's name.
const Bucket = "staging"

// object is one version in the bucket.
type object struct {
	purge.Version
	marker bool
	size   int64
	put    time.Time
}

// unfinished is a multipart upload that was neither completed nor aborted.
type unfinished struct {
	key   string
	parts map[int]upload.Part
}

// erasure is when a version was deleted for good, or a multipart upload aborted.
type erasure struct {
	purge.Version
	at time.Time
}

// Put is what a client does with a signed PUT: it makes a version and S3 tells of it, unless there is an object already.
func (c *Cell) Put(key string, size int64) (version string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.present(key) {
		return "", fault.Stale.Because("At least one of the preconditions did not hold.")
	}
	return c.arrive(key, size), nil
}

// Drop is what a hand does: it makes a version whether there is an object or not.
func (c *Cell) Drop(key string, size int64) (version string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.arrive(key, size)
}

// Mark is a DELETE that names no version: it leaves a delete marker.
func (c *Cell) Mark(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.objects = append(c.objects, object{Version: purge.Version{Key: key, ID: c.name("marker")}, marker: true, put: c.now})
}

// Begin is a multipart upload that nobody recorded.
func (c *Cell) Begin(key string) (uploadID string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.begin(key)
}

// PutPart is what a client does with a signed part.
func (c *Cell) PutPart(uploadID string, p upload.Part) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	m, found := c.unfinished[uploadID]
	if !found {
		return fault.NotFound.Because("The specified multipart upload does not exist.")
	}
	m.parts[p.Number] = p
	return nil
}

// Poison has the bucket refuse to erase anything under a key; cured lets it again.
func (c *Cell) Poison(key string) (cured func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.poisoned[key] = true
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.poisoned, key)
	}
}

// Lies tells what lies under a key.
func (c *Cell) Lies(key string) purge.Remains {
	remains, _ := c.Clone().Look(context.Background(), key, []string{key})
	return remains
}

// Arrivals takes what S3 has told since the last time.
func (c *Cell) Arrivals() []upload.Arrival {
	c.mu.Lock()
	defer c.mu.Unlock()
	told := c.queue
	c.queue = nil
	return told
}

// Again puts back a report that could not be handled, as its queue does.
func (c *Cell) Again(a upload.Arrival) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.queue = append(c.queue, a)
}

func (c *Cell) present(key string) bool {
	there := false
	for _, o := range c.objects {
		if o.Key == key {
			there = !o.marker
		}
	}
	return there
}

func (c *Cell) arrive(key string, size int64) (version string) {
	o := object{Version: purge.Version{Key: key, ID: c.name("version")}, size: size, put: c.now}
	c.objects = append(c.objects, o)
	c.queue = append(c.queue, upload.Arrival{Bucket: Bucket, Key: key, VersionID: o.ID, Size: size, Time: c.now})
	return o.ID
}

func (c *Cell) begin(key string) (uploadID string) {
	uploadID = c.name("multipart")
	c.unfinished[uploadID] = unfinished{key, map[int]upload.Part{}}
	return uploadID
}

func (c *Cell) name(kind string) string {
	c.serial++
	return fmt.Sprintf("%s-%d", kind, c.serial)
}

// Package receipt states what a redaction did, so that whoever gets the bundle can check that it is the one, and whoever
// sent it can show what was in it and is not any more.
//
// A receipt holds no value that was found, and no name of a file as it was before, where that held one. It is JSON; signed,
// it is the predicate of an in-toto Statement v1 about the redacted bundle, in a DSSE envelope.
package receipt

import "time"

// Version is that of the receipt's form. A reader refuses one that it does not know.
const Version = 1

// Receipt is what a redaction did.
type Receipt struct {
	Version  int              `json:"version"`
	Rules    string           `json:"rules"` // what was looked for, and how it was replaced
	When     time.Time        `json:"when"`
	KeyID    string           `json:"keyId"`  // names the pseudonym key: a digest of it, never the key
	Before   Digest           `json:"before"` // of the bundle as it was
	After    Digest           `json:"after"`  // of the redacted bundle
	Counts   map[string]Count `json:"counts"` // by kind
	Files    []File           `json:"files"`  // as they stand in the redacted bundle
	Dropped  []Left           `json:"dropped"`
	Withheld []Left           `json:"withheld"`
	Notes    []string         `json:"notes"` // what else was wrong with the bundle
	Residual Residual         `json:"residual"`
	Map      bool             `json:"map"` // whether pseudonyms can be undone by whoever has the map
}

// Digest is a length in bytes and a SHA-256 in small hexadecimal digits.
type Digest struct {
	SHA256 string `json:"sha256"`
	Size   int64  `json:"size"`
}

// Count is how often something was found.
type Count struct {
	Values int  `json:"values"` // distinct ones
	Places int  `json:"places"` // where one was replaced
	Kept   bool `json:"pseudonym"`
}

// File is one file that was passed on, or one nested in it.
type File struct {
	Name   string         `json:"name"`
	Before Digest         `json:"before"`
	After  Digest         `json:"after"`
	Lines  int            `json:"lines,omitempty"`
	Counts map[string]int `json:"counts,omitempty"`     // places, by kind
	Binary string         `json:"unexamined,omitempty"` // its format, if it was kept though nobody can look into it
}

// Left is one file that was not passed on, and why.
type Left struct {
	Name   string  `json:"name"`
	Format string  `json:"format,omitempty"`
	Rule   string  `json:"rule"`
	Reason string  `json:"reason"`
	Before *Digest `json:"before,omitempty"` // of what could be read of it
}

// Residual is what the second method searched the redacted bundle for. It found nothing, or there would be no receipt.
type Residual struct {
	Found  int      `json:"found"`
	Values int      `json:"values"` // that were searched for, each in every encoding
	Forms  []string `json:"forms"`
	Shapes []string `json:"shapes"`
	Bytes  int64    `json:"bytes"` // that were searched, inflated
	// InPlace are values such as a password that is a plain word: they were replaced where they were found, and cannot be
	// searched for, because nothing tells them from other words.
	InPlace int `json:"inPlace"`
}

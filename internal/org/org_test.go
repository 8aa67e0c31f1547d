package org_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"waybill/internal/audit"
	"waybill/internal/fault"
	"waybill/internal/ident"
	"waybill/internal/memory"
	"waybill/internal/org"
)

var noon = time.Date(2026, 11, 2, 12, 0, 0, 0, time.UTC)

const (
	operatorKey = "arn:aws:kms:eu-central-1:111122223333:key/operator"
	customerKey = "arn:aws:kms:eu-central-1:444455556666:key/customer"
)

// frankfurt is a registrar and a key binder over one cell.
func frankfurt(c *memory.Cell) (org.Registrar, org.KeyBinder) {
	cell := org.Cell{Region: "eu-central-1", KeyARN: operatorKey, Others: map[string]string{"eu-west-2": "https://london.example"}}
	return org.Registrar{Cell: cell, Records: c}, org.KeyBinder{Region: "eu-central-1", Keys: c, Records: c}
}

// once makes an act repeatable.
func once(act audit.Act, key string) audit.Act {
	act.Once = &audit.Once{Key: key, Digest: "digest of the request"}
	return act
}

func create(t *testing.T, c *memory.Cell) org.Organisation {
	t.Helper()
	registrar, _ := frankfurt(c)
	o, err := registrar.Create(t.Context(), c.Act("olive"), org.Draft{Name: "Nordwind", Location: "eu", Plan: org.Paid})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestCreate(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	o := create(t, c)
	if !ident.Valid(ident.Org, o.ID) || o.Name != "Nordwind" || o.Location != "EU" || o.Plan != org.Paid || o.CreatedAt != noon || o.Revision != 1 {
		t.Errorf("created %+v", o)
	}
	if got := strings.Join(o.Regions, " "); got != "eu-central-1 eu-west-1" {
		t.Errorf("it may be held in %s", got)
	}
	if want := (org.Key{Mode: org.OperatorKey, ARN: operatorKey, State: org.Usable}); o.Key != want {
		t.Errorf("it begins under %+v", o.Key)
	}
	registrar, _ := frankfurt(c)
	if read, err := registrar.Get(t.Context(), o.ID); err != nil || read.ID != o.ID {
		t.Errorf("read %+v, %v", read, err)
	}
	if told := c.Told(o.ID); len(told) != 1 || told[0] != audit.OrgCreated {
		t.Errorf("on record: %v", told)
	}
}

// An organisation of the location Global is held where the home cell is.
func TestCreateAtHome(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	registrar, _ := frankfurt(c)
	registrar.Cell.Home = true
	o, err := registrar.Create(t.Context(), c.Act("olive"), org.Draft{Name: "Anywhere", Location: "Not set (Global)", Plan: org.Evaluation})
	if err != nil || o.Location != org.Global || strings.Join(o.Regions, " ") != "eu-central-1" {
		t.Errorf("created %+v, %v", o, err)
	}
}

func TestCreateIsRefused(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		draft org.Draft
		kind  fault.Kind
		cell  string
	}{
		"elsewhere":       {org.Draft{Name: "N", Location: "United Kingdom", Plan: org.Paid}, fault.WrongCell, "https://london.example"},
		"far away":        {org.Draft{Name: "N", Location: "Japan", Plan: org.Paid}, fault.WrongCell, "ap-northeast-1"},
		"at no home":      {org.Draft{Name: "N", Location: "Global", Plan: org.Paid}, fault.WrongCell, "home"},
		"without a name":  {org.Draft{Location: "Germany", Plan: org.Paid}, fault.BadInput, ""},
		"wrong and there": {org.Draft{Location: "Japan", Plan: org.Paid}, fault.BadInput, ""},
	} {
		c := memory.New(noon)
		registrar, _ := frankfurt(c)
		_, err := registrar.Create(t.Context(), c.Act("olive"), row.draft)
		var refusal *fault.Refusal
		if !errors.As(err, &refusal) || refusal.Kind != row.kind || refusal.Cell != row.cell {
			t.Errorf("%s: %v, want %s (cell %q)", name, err, row.kind, row.cell)
		}
		if len(c.Trail()) != 0 {
			t.Errorf("%s: something was written: %v", name, c.Trail())
		}
	}
}

// The same request twice makes one organisation; nobody makes none.
func TestCreateOnceAndBySomebody(t *testing.T) {
	t.Parallel()
	c := memory.New(noon)
	registrar, _ := frankfurt(c)
	draft := org.Draft{Name: "Nordwind", Location: "Germany", Plan: org.Paid}
	first, err := registrar.Create(t.Context(), once(c.Act("olive"), "k"), draft)
	if err != nil {
		t.Fatal(err)
	}
	second, err := registrar.Create(t.Context(), once(c.Act("olive"), "k"), draft)
	if err != nil || second.ID != first.ID {
		t.Errorf("repeated: %s, %v; want %s", second.ID, err, first.ID)
	}
	if _, err := registrar.Create(t.Context(), c.Act(""), draft); !errors.Is(err, audit.ErrNobody) {
		t.Errorf("by nobody: %v", err)
	}
	if _, err := registrar.Create(t.Context(), audit.Act{Actor: "olive", RequestID: "r"}, draft); err == nil {
		t.Error("an organisation was created at no time")
	}
	if len(c.Trail()) != 1 {
		t.Errorf("on record: %v", c.Trail())
	}
}

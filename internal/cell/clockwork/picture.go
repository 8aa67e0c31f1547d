package clockwork

import (
	"crypto/sha256"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// Item is a record that falls due or expires, as the table holds it.
type Item map[string]types.AttributeValue

// Picture is every such record at one moment.
type Picture struct {
	items    []Item
	instants []time.Time // sorted
	digest   [sha256.Size]byte
}

// NewPicture orders items by when they fall due and expire. A time that cannot be read is none.
func NewPicture(items []Item) *Picture {
	p := &Picture{items: items}
	for _, item := range items {
		for _, at := range []time.Time{item.due(), item.expires()} {
			if !at.IsZero() {
				p.instants = append(p.instants, at)
			}
		}
		for i, b := range item.digest() {
			p.digest[i] ^= b // in whatever order the items come
		}
	}
	slices.SortFunc(p.instants, time.Time.Compare)
	return p
}

// anyBetween tells whether anything falls due or expires after one instant and not after another.
func (p *Picture) anyBetween(after, until time.Time) bool {
	i, _ := slices.BinarySearchFunc(p.instants, after.Add(1), time.Time.Compare)
	return i < len(p.instants) && !p.instants[i].After(until)
}

func (p *Picture) expired(by time.Time) (all []Item) {
	for _, item := range p.items {
		if at := item.expires(); !at.IsZero() && !at.After(by) {
			all = append(all, item)
		}
	}
	return all
}

func (i Item) due() time.Time {
	text, _ := i["dueAt"].(*types.AttributeValueMemberS)
	if text == nil {
		return time.Time{}
	}
	at, err := time.Parse(time.RFC3339, text.Value)
	if err != nil {
		return time.Time{}
	}
	return at
}

func (i Item) expires() time.Time {
	number, _ := i["expiresAt"].(*types.AttributeValueMemberN)
	if number == nil {
		return time.Time{}
	}
	seconds, err := strconv.ParseInt(number.Value, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.Unix(seconds, 0)
}

func (i Item) digest() [sha256.Size]byte {
	b, _ := json.Marshal(i.wire()) // strings, numbers and lists of them: always writable
	return sha256.Sum256(b)
}

// wire is an item in the form of the DynamoDB API and of stream events.
func (i Item) wire() map[string]any {
	all := make(map[string]any, len(i))
	for name, value := range i {
		all[name] = wire(value)
	}
	return all
}

func wire(value types.AttributeValue) map[string]any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return map[string]any{"S": v.Value}
	case *types.AttributeValueMemberN:
		return map[string]any{"N": v.Value}
	case *types.AttributeValueMemberBOOL:
		return map[string]any{"BOOL": v.Value}
	case *types.AttributeValueMemberB:
		return map[string]any{"B": v.Value}
	case *types.AttributeValueMemberSS:
		return map[string]any{"SS": v.Value}
	case *types.AttributeValueMemberNS:
		return map[string]any{"NS": v.Value}
	case *types.AttributeValueMemberBS:
		return map[string]any{"BS": v.Value}
	case *types.AttributeValueMemberM:
		return map[string]any{"M": Item(v.Value).wire()}
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i, each := range v.Value {
			list[i] = wire(each)
		}
		return map[string]any{"L": list}
	default:
		return map[string]any{"NULL": true}
	}
}

package memory

import (
	"errors"
	"fmt"
)

// Fate is what becomes of one call.
type Fate int

// The fates.
const (
	Heard          Fate = iota // it happens and its caller hears the answer
	Lost                       // it does not happen
	Unacknowledged             // it happens, and its caller does not hear so
)

// ErrSilence is what a caller gets that hears no answer.
var ErrSilence = errors.New("the call was not answered")

// Decide has fate judge every call from now on by its label: the method, what it is about, and the how-manieth of the
// kind it is. nil lets all succeed. fate may use the cell itself: what it does happens just before the call.
func (c *Cell) Decide(fate func(call string) Fate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fate = fate
	clear(c.made)
}

// Calls counts those that were made since Decide, by method and what they were about.
func (c *Cell) Calls() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	calls := make(map[string]int, len(c.made))
	for name, n := range c.made {
		calls[name] = n
	}
	return calls
}

// call makes one.
func (c *Cell) call(method, about string, do func() error) error {
	fate := c.judge(method + " " + about)
	if fate == Lost {
		return ErrSilence
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	err := do()
	if fate == Unacknowledged {
		return ErrSilence
	}
	return err
}

func (c *Cell) judge(name string) Fate {
	c.mu.Lock()
	c.made[name]++
	label, judge := fmt.Sprintf("%s #%d", name, c.made[name]), c.fate
	c.mu.Unlock()
	if judge == nil {
		return Heard
	}
	return judge(label)
}

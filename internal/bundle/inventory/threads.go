package inventory

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
)

// ThreadDump is what one dump of a JVM's threads comes to.
type ThreadDump struct {
	Threads   int            `json:"threads"`
	States    map[string]int `json:"states"`
	Deadlocks int            `json:"deadlocks,omitempty"`
	// Blocked is how many threads wait for the one lock that most wait for, and Lock is the class of what it locks.
	Blocked int    `json:"blocked,omitempty"`
	Lock    string `json:"lock,omitempty"`
	// Alike is how many threads that do something do the same, and Doing is the method they are in.
	Alike int    `json:"alike,omitempty"`
	Doing string `json:"doing,omitempty"`
	Place
}

// the limits of a dump.
const (
	maxThreads = 100_000
	stackDepth = 8 // frames that make two stacks the same
)

// tally is a dump while it is read. The maps' keys are locks and stacks.
type tally struct {
	dump    ThreadDump
	locks   map[string]int
	classes map[string]string
	stacks  map[string]int
	at      map[string]int // the line where a lock or a stack was first met
	frames  []string
	line    int
	running bool
}

// idle are methods in which a thread waits for work.
var idle = []string{"sun.misc.Unsafe.park", "jdk.internal.misc.Unsafe.park", "java.lang.Object.wait", "java.lang.Thread.sleep",
	"epollWait", "EPoll.wait", "socketAccept", "accept0", "ServerSocket.implAccept", "ReferenceHandler", "waitForReferencePendingList"}

// readThreads reads jstack's text. A file may hold several dumps, each with "Full thread dump"; they count together.
func (a *Account) readThreads(text []byte) {
	t := tally{locks: map[string]int{}, classes: map[string]string{}, stacks: map[string]int{}, at: map[string]int{}}
	t.dump = ThreadDump{States: map[string]int{}, Place: Place{a.file, 1, dumpTime(a.file, text)}}
	eachLine(text, 1, t.read)
	t.endThread()
	if t.dump.Threads == 0 {
		return
	}
	a.threads = append(a.threads, t.finish(a))
}

// dumpTime is the time at the head of a dump, or that in its file's name, YYYY_MM_DD_HH_MM_SS.
func dumpTime(file string, text []byte) string {
	if when := Stamp(text); when != "" {
		return when
	}
	name := []byte(file[strings.LastIndexByte(file, '/')+1:])
	if len(name) < stampWidth {
		return ""
	}
	name = name[:stampWidth]
	for i, c := range map[int]byte{4: '-', 7: '-', 10: ' ', 13: ':', 16: ':'} {
		name[i] = c
	}
	return Stamp(name)
}

func (t *tally) read(line []byte, number, _ int) {
	trimmed := bytes.TrimLeft(line, " \t")
	switch {
	case len(line) > 1 && line[0] == '"':
		t.endThread()
		if t.dump.Threads < maxThreads && bytes.Contains(line, []byte("id=")) {
			t.dump.Threads++
			t.line, t.running = number, true
		}
	case bytes.HasPrefix(trimmed, []byte("java.lang.Thread.State: ")) && t.running:
		t.state(trimmed[len("java.lang.Thread.State: "):])
	case bytes.HasPrefix(trimmed, []byte("at ")) && t.running:
		t.frame(trimmed[3:])
	case bytes.HasPrefix(trimmed, []byte("- waiting to lock <")):
		t.wait(trimmed[len("- waiting to lock <"):], number)
	case bytes.HasPrefix(line, []byte("Found ")) && bytes.Contains(line, []byte("deadlock")):
		t.endThread()
		if n, ok := after(line, "Found "); ok {
			t.dump.Deadlocks = max(t.dump.Deadlocks, int(min(n, maxThreads)))
		} else {
			t.dump.Deadlocks++
		}
	}
}

func (t *tally) state(text []byte) {
	word, _, _ := bytes.Cut(text, []byte(" "))
	if states := []string{"NEW", "RUNNABLE", "BLOCKED", "WAITING", "TIMED_WAITING", "TERMINATED"}; slices.Contains(states, string(word)) {
		t.dump.States[string(word)]++
	}
}

// frame keeps the method of "java.base@11/java.net.Socket.read(Socket.java:1)", the newest first.
func (t *tally) frame(text []byte) {
	method, _, _ := bytes.Cut(text, []byte("("))
	method = method[bytes.LastIndexByte(method, '/')+1:]
	if len(t.frames) < stackDepth && len(method) < 200 && len(bytes.Trim(method, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._$<>")) == 0 {
		t.frames = append(t.frames, string(method))
	}
}

// wait counts a thread for the lock "0x00000007(…)> (a org.example.Pool)".
func (t *tally) wait(text []byte, number int) {
	id, rest, _ := bytes.Cut(text, []byte(">"))
	class, _, _ := bytes.Cut(bytes.TrimPrefix(rest, []byte(" (a ")), []byte(")"))
	if len(id) > 32 || !t.running {
		return
	}
	lock := string(id)
	if t.locks[lock]++; t.locks[lock] == 1 {
		t.at[lock] = number
	}
	if identifier(bytes.ReplaceAll(class, []byte("$"), nil)) {
		t.classes[lock] = string(class)
	}
}

func (t *tally) endThread() {
	frames := t.frames
	t.frames, t.running = nil, false
	if len(frames) == 0 || slices.ContainsFunc(idle, func(m string) bool { return strings.Contains(frames[0], m) }) {
		return
	}
	stack := strings.Join(frames, "\n")
	if t.stacks[stack]++; t.stacks[stack] == 1 {
		t.at[stack] = t.line
	}
}

// most is the key with the highest count, of equals the one that was met first.
func (t *tally) most(counts map[string]int) (key string, n int) {
	for _, k := range sortedKeys(counts) {
		if counts[k] > n || counts[k] == n && t.at[k] < t.at[key] {
			key, n = k, counts[k]
		}
	}
	return key, n
}

func (t *tally) finish(a *Account) ThreadDump {
	note := func(name string, n, line int) {
		a.statistics.add(name, float64(n), Place{a.file, max(line, 1), t.dump.Time})
	}
	lock, blocked := t.most(t.locks)
	t.dump.Blocked, t.dump.Lock = blocked, t.classes[lock]
	stack, alike := t.most(t.stacks)
	if alike > 1 {
		t.dump.Alike = alike
		t.dump.Doing, _, _ = strings.Cut(stack, "\n")
	}
	note(BlockedOnLock, blocked, t.at[lock])
	note(SameStack, alike, t.at[stack])
	if t.dump.Deadlocks > 0 {
		note(Deadlocks, t.dump.Deadlocks, 1)
	}
	return t.dump
}

// BusyThread is a row of a CPU table: what a thread of a pool takes of one processor.
type BusyThread struct {
	Pool   string  `json:"pool"`
	User   float64 `json:"userPercent"`
	System float64 `json:"systemPercent"`
	Place
}

// maxBusy is how many of the busiest threads of one table are kept.
const maxBusy = 10

// readBusy reads the rows "JVM_THREAD_ID OS_THREAD_ID %CPU_USER_MODE %CPU_SYSTEM_MODE SYSTEM_TIME THREAD_NAME".
func (a *Account) readBusy(text []byte) {
	var rows []BusyThread
	eachLine(text, 1, func(line []byte, number, _ int) {
		f := bytes.Fields(line)
		if len(f) < 6 || len(rows) >= maxThreads {
			return
		}
		user, ok := Number(f[2])
		system, fine := Number(f[3])
		if _, isID := Number(f[1]); !ok || !fine || !isID || user < 0 || system < 0 {
			return
		}
		at := Place{a.file, number, dumpTime(a.file, nil)}
		a.statistics.add(BusyThreads, user+system, at)
		rows = append(rows, BusyThread{pool(string(bytes.Join(f[5:], []byte(" ")))), user, system, at})
	})
	slices.SortStableFunc(rows, func(x, y BusyThread) int { return cmp.Compare(y.User+y.System, x.User+x.System) })
	a.busy = rows[:min(len(rows), maxBusy)]
}

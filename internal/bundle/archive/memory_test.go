package archive_test

import (
	"runtime"
	"runtime/debug"
	"sync"
	"time"
)

// watchPeak tells by how many bytes the heap, and what the runtime has not given back of it, grew at the most while do
// ran.
func watchPeak(do func()) (peak uint64) {
	debug.FreeOSMemory()
	before := inUse()
	stop, watched := make(chan struct{}), sync.WaitGroup{}
	watched.Go(func() {
		tick := time.NewTicker(2 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return
			case <-tick.C:
				peak = max(peak, inUse())
			}
		}
	})
	do()
	close(stop)
	watched.Wait()
	return max(peak, inUse(), before) - before
}

func inUse() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}

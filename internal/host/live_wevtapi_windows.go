package host

import (
	"errors"
	"fmt"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/windows"
)

// An eventService is the event log service, by way of wevtapi.dll.
type eventService struct {
	openQuery, nextEvents, render, closeHandle *windows.LazyProc
}

// An eventResult is what one question found, handed out event by event.
type eventResult struct {
	service *eventService
	handle  uintptr
	batch   []uintptr // events that were fetched and not handed out
	buffer  []uint16
}

// How the service is asked.
const (
	evtChannel = 0x1
	evtForward = 0x100
	evtReverse = 0x200
	evtAsXML   = 1

	evtBatch   = 64
	evtTimeout = 30 * time.Second // for one batch, so that a service that hangs does not hold up the scan

	errChannelNotFound = syscall.Errno(15007)
)

func openEventService() (*eventService, error) {
	library := windows.NewLazySystemDLL("wevtapi.dll")
	s := &eventService{
		library.NewProc("EvtQuery"), library.NewProc("EvtNext"), library.NewProc("EvtRender"), library.NewProc("EvtClose"),
	}
	for _, proc := range []*windows.LazyProc{s.openQuery, s.nextEvents, s.render, s.closeHandle} {
		if err := proc.Find(); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *eventService) query(log, question string, direction uintptr) (*eventResult, error) {
	handle, _, err := s.openQuery.Call(0, uintptr(unsafe.Pointer(wide(log))), uintptr(unsafe.Pointer(wide(question))), evtChannel|direction)
	if handle == 0 {
		return nil, serviceError(err)
	}
	return &eventResult{service: s, handle: handle, buffer: make([]uint16, 4096)}, nil
}

// serviceError words a failure, also one that is none by its number.
func serviceError(err error) error {
	var code syscall.Errno
	switch errors.As(err, &code); code {
	case 0:
		return errors.New("the event log service does not answer")
	case errChannelNotFound:
		return errors.New("this server has no such log")
	}
	return errors.New(plainly(err))
}

// next gives the next event as XML, or "" for one that cannot be had; at the end it is windows.ERROR_NO_MORE_ITEMS.
func (r *eventResult) next() (string, error) {
	if len(r.batch) == 0 {
		batch := make([]uintptr, evtBatch)
		var got uint32
		ok, _, err := r.service.nextEvents.Call(r.handle, evtBatch, uintptr(unsafe.Pointer(&batch[0])),
			uintptr(evtTimeout.Milliseconds()), 0, uintptr(unsafe.Pointer(&got)))
		switch {
		case ok == 0 && errors.Is(err, windows.ERROR_NO_MORE_ITEMS):
			return "", windows.ERROR_NO_MORE_ITEMS
		case ok == 0:
			return "", serviceError(err)
		case got == 0 || got > evtBatch:
			return "", windows.ERROR_NO_MORE_ITEMS
		}
		r.batch = batch[:got]
	}
	event := r.batch[0]
	r.batch = r.batch[1:]
	defer r.service.close(event)
	text, err := r.render(event)
	if err != nil {
		return "", nil // this one cannot be read; the caller sees that it is no event
	}
	return text, nil
}

func (r *eventResult) render(event uintptr) (string, error) {
	for range 2 {
		var used, properties uint32
		ok, _, err := r.service.render.Call(0, event, evtAsXML, uintptr(2*len(r.buffer)), uintptr(unsafe.Pointer(&r.buffer[0])),
			uintptr(unsafe.Pointer(&used)), uintptr(unsafe.Pointer(&properties)))
		switch {
		case ok != 0:
			return windows.UTF16ToString(r.buffer[:min(int(used/2), len(r.buffer))]), nil
		case !errors.Is(err, windows.ERROR_INSUFFICIENT_BUFFER):
			return "", serviceError(err)
		case used > 2*maxEventText:
			return "", fmt.Errorf("an event of more than %d bytes", maxEventText)
		}
		r.buffer = make([]uint16, used/2+1)
	}
	return "", errors.New("an event that grows while it is read")
}

func (r *eventResult) close() {
	for _, event := range r.batch {
		r.service.close(event)
	}
	r.batch = nil
	r.service.close(r.handle)
}

func (s *eventService) close(handle uintptr) { _, _, _ = s.closeHandle.Call(handle) }

package sim

import (
	"bytes"
	"crypto/md5"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/jpeg" // what may be uploaded
	_ "image/png"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/admux/admux/providers/internal/simkit"
)

// stored is a file that file_id names, for 24 hours.
type stored struct {
	data []byte
	name string
	ends time.Time
}

// chunked is an upload in parts.
type chunked struct {
	size int64
	data []byte
	name string
	kind string
}

func md5Of(b []byte) string {
	sum := md5.Sum(b)
	return hex.EncodeToString(sum[:])
}

// content finds the bytes of an upload, wherever they are.
func (s *Sim) content(c *call, what string) (data []byte, name string, e *apiError) {
	name = c.str("file_name")
	switch c.str("upload_type") {
	case "", "UPLOAD_BY_FILE":
		f, ok := c.files[what+"_file"]
		sign := c.str(what + "_signature")
		switch {
		case !ok:
			return nil, "", missing(what + "_file")
		case sign == "":
			return nil, "", missing(what + "_signature")
		case len(f.data) == 0:
			return nil, "", refuse(codeEmptyFile, "The file is empty.")
		case sign != md5Of(f.data):
			return nil, "", refuse(codeSignature, "The file signature does not match.")
		case name == "":
			name = f.name
		}
		data = f.data
	case "UPLOAD_BY_URL":
		if data, name, e = fetched(c.str(what+"_url"), name, what); e != nil {
			return nil, "", e
		}
	case "UPLOAD_BY_FILE_ID":
		f := s.files[c.str("file_id")]
		if f == nil {
			return nil, "", refuse(codeNoFile, "The file does not exist.")
		}
		if !c.now.Before(f.ends) {
			return nil, "", refuse(codeFileExpired, "The file has expired.")
		}
		data = f.data
		if name == "" {
			name = f.name
		}
	default:
		return nil, "", badParam("upload_type: Must be one of: UPLOAD_BY_FILE, UPLOAD_BY_URL, UPLOAD_BY_FILE_ID.")
	}
	return data, name, c.account.freeName(name)
}

// fetched stands for a download: there is no net here, so that an address's last
// segment tells the rest, and hosts ending in .invalid cannot be reached.
func fetched(address, name, what string) ([]byte, string, *apiError) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		return nil, "", missing(what + "_url")
	case err != nil || u.Host == "" || strings.HasSuffix(u.Hostname(), ".invalid"):
		return nil, "", refuse(codeURL, "The URL is not available.")
	case name == "":
		name = path.Base(u.Path)
	}
	return []byte(address), name, nil
}

// freeName wants a file name that the account does not have.
func (a *account) freeName(name string) *apiError {
	if n := len([]rune(name)); n < 1 || n > 100 {
		return badParam("file_name: Length must be between 1 and 100.")
	}
	for _, as := range a.assets {
		if as.name == name {
			return refuse(codeFileName, "Duplicated material name.")
		}
	}
	return nil
}

// uploadImage is POST /file/image/ad/upload/.
func (s *Sim) uploadImage(c *call) (any, *apiError) {
	data, name, err := s.content(c, "image")
	if err != nil {
		return nil, err
	}
	as := &asset{name: name, signature: md5Of(data), size: len(data), created: c.now, width: 1080, height: 1920, format: "jpeg"}
	if c.str("upload_type") != "UPLOAD_BY_URL" {
		cfg, format, err := image.DecodeConfig(bytes.NewReader(data))
		switch {
		case len(data) >= 50<<20:
			return nil, refuse(codeBigFile, "The file is too large.")
		case err != nil:
			return nil, refuse(codeFileType, "The file type is not supported.")
		case cfg.Width*cfg.Height > 3_686_400:
			return nil, refuse(codeBigFile, "The image has too many pixels.")
		}
		as.width, as.height, as.format = cfg.Width, cfg.Height, format
	}
	n := s.newID()
	as.material = itoa(n + 5_700_000_000_000_000_000)
	as.id = fmt.Sprintf("ad-site-i18n-sg/%s5d0d%016x", c.now.Format("20060102"), simkit.Hash(s.opts.Seed, 72, uint64(n)))
	c.account.keep(as)
	o := as.show(c.now)
	o["create_time"], o["modify_time"] = nil, nil // they come some seconds later
	return o, nil
}

// uploadVideo is POST /file/video/ad/upload/: it answers a list. The same bytes
// make another film each time.
func (s *Sim) uploadVideo(c *call) (any, *apiError) {
	if c.str("upload_type") == "UPLOAD_BY_VIDEO_ID" {
		as := c.account.byAsset[c.str("video_id")]
		if as == nil || !as.video {
			return nil, refuse(codeNoFile, "The video does not exist.")
		}
		return []any{as.show(c.now)}, nil
	}
	data, name, err := s.content(c, "video")
	if err != nil {
		return nil, err
	}
	if c.str("upload_type") != "UPLOAD_BY_URL" {
		if kind := strings.ToLower(path.Ext(name)); kind != "" && !strings.Contains(".mp4.mov.mpeg.avi.3gp", kind) {
			return nil, refuse(codeFileType, "The file type is not supported.")
		}
	}
	n := s.newID()
	as := &asset{
		id: fmt.Sprintf("v10033g50000d%019x", simkit.Hash(s.opts.Seed, 73, uint64(n))), material: itoa(n + 5_800_000_000_000_000_000),
		name: name, signature: md5Of(data), size: len(data), created: c.now, width: 720, height: 1280, format: "mp4", video: true,
		duration: 15200 * time.Millisecond, usable: c.now.Add(max(0, s.opts.TranscodeAfter)),
	}
	c.account.keep(as)
	return []any{as.show(c.now)}, nil
}

// startUpload, transferUpload and finishUpload are an upload in parts.
func (s *Sim) startUpload(c *call) (any, *apiError) {
	size, err := c.whole("size", 0, 20<<20, 2<<30)
	if err != nil {
		return nil, err
	}
	if !c.has("size") || c.str("content_type") == "" {
		return nil, missing("size")
	}
	id := itoa(s.newID())
	s.chunks[id] = &chunked{size: size, name: c.str("name"), kind: c.str("content_type")}
	return s.offsets(id), nil
}

const chunkSize = 10 << 20

func (s *Sim) offsets(id string) obj {
	u := s.chunks[id]
	at := int64(len(u.data))
	return obj{"upload_id": id, "start_offset": at, "end_offset": min(at+chunkSize, u.size)}
}

func (s *Sim) transferUpload(c *call) (any, *apiError) {
	u := s.chunks[c.str("upload_id")]
	f, ok := c.files["file"]
	start, err := c.whole("start_offset", -1, 0, 2<<30)
	switch {
	case err != nil:
		return nil, err
	case u == nil:
		return nil, refuse(codeNoFile, "The upload does not exist.")
	case !ok:
		return nil, missing("file")
	case start != int64(len(u.data)) || int64(len(f.data)) != min(chunkSize, u.size-start):
		return nil, badParam("start_offset: Does not match the expected part.")
	case c.str("signature") != md5Of(f.data):
		return nil, refuse(codeSignature, "The file signature does not match.")
	}
	u.data = append(u.data, f.data...)
	return s.offsets(c.str("upload_id")), nil
}

func (s *Sim) finishUpload(c *call) (any, *apiError) {
	id := c.str("upload_id")
	u := s.chunks[id]
	switch {
	case u == nil:
		return nil, refuse(codeNoFile, "The upload does not exist.")
	case int64(len(u.data)) != u.size:
		return nil, badParam("upload_id: The upload is not complete.")
	}
	delete(s.chunks, id)
	return s.storeFile(u.data, u.name, c.now), nil
}

func (s *Sim) storeFile(data []byte, name string, now time.Time) obj {
	id := fmt.Sprintf("f%020d", s.newID())
	s.files[id] = &stored{data: data, name: name, ends: now.Add(24 * time.Hour)}
	return obj{"file_id": id, "file_name": name, "size": len(data), "create_time": now.UTC().Format(fileTime)}
}

// temporaryUpload is POST /file/temporarily/upload/.
func (s *Sim) temporaryUpload(c *call) (any, *apiError) {
	f, ok := c.files["file"]
	switch {
	case !ok:
		return nil, missing("file")
	case c.str("signature") != md5Of(f.data):
		return nil, refuse(codeSignature, "The file signature does not match.")
	}
	name := c.str("name")
	if name == "" {
		name = f.name
	}
	return s.storeFile(f.data, name, c.now), nil
}

// nameCheck is GET /file/name/check/.
func (s *Sim) nameCheck(c *call) (any, *apiError) {
	files, _ := c.params["files"].([]any)
	out := []any{}
	for _, x := range files {
		o, ok := x.(obj)
		if !ok || str(o, "file_name") == "" {
			return nil, missing("files.file_name")
		}
		out = append(out, obj{"file_name": str(o, "file_name"), "file_type": o["file_type"], "duplicated": c.account.freeName(str(o, "file_name")) != nil})
	}
	return obj{"check_list": out}, nil
}

// suggestCover is GET /file/video/suggestcover/.
func (s *Sim) suggestCover(c *call) (any, *apiError) {
	as := c.account.byAsset[c.str("video_id")]
	if as == nil || !as.video {
		return nil, badParam("video_id: The video %s does not exist.", c.str("video_id"))
	}
	if !as.ready(c.now) {
		return nil, refuse(codeTranscoding, "The video is still being transcoded.")
	}
	n, err := c.whole("poster_number", 10, 1, 10)
	if err != nil {
		return nil, err
	}
	list := []any{}
	for i := range n {
		id := fmt.Sprintf("tos-alisg-p-0051c001-sg/%016x", simkit.Hash(simkit.HashString(as.id), uint64(i)))
		if c.account.byAsset[id] == nil {
			cover := &asset{id: id, material: itoa(s.newID() + 5_900_000_000_000_000_000), name: fmt.Sprintf("cover %s %d", as.id, i+1), format: "jpeg",
				width: as.width, height: as.height, size: 90_000, created: c.now, signature: md5Of([]byte(id))}
			c.account.keep(cover)
		}
		list = append(list, obj{"id": id, "width": as.width, "height": as.height, "url": "https://p16-sign-sg.tiktokcdn.com/" + id})
	}
	return obj{"list": list}, nil
}

"""Stops an upload that is too large while it comes in, before it fills the disk.

The first of Django's upload handlers, for every form there is: uploads are read before anybody
knows who sends them.
"""

from django.core.files.uploadhandler import FileUploadHandler, StopUpload

LARGEST = 1024**3  # bytes


class SizeLimit(FileUploadHandler):
    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > LARGEST:
            # The rest is read and thrown away, so that the page can say what was wrong.
            self.request.upload_is_too_large = True  # type: ignore[union-attr]
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """The handlers behind keep the file."""

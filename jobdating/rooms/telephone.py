"""By telephone: the stand rings the candidate; both see whose number is whose."""

from jobdating.rooms.room import Meeting, Room, Way


def describe(meeting: Meeting) -> Room:
    return Room(Way.TELEPHONE, meeting.provider, phone=meeting.phone)
